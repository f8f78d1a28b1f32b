import { expect, it } from 'vitest'
import { arrange, type Jail } from './jail-order'

const jail = (name: string, state: Jail['state'], currentlyBanned: number): Jail => ({
  name,
  state,
  counters: { currentlyFailed: 0, totalFailed: 0, currentlyBanned, totalBanned: 0 },
})
const JAILS = [jail('web10', 'running', 1), jail('Web2', 'stopped', 5), jail('sshd', 'idle', 5)]
const names = (jails: Jail[]) => jails.map((one) => one.name)

it('arrange sorts names as people count, and turns them round', () => {
  expect(names(arrange(JAILS, undefined, { by: 'name', order: 'asc' }))).toEqual(['sshd', 'Web2', 'web10'])
  expect(names(arrange(JAILS, undefined, { by: 'name', order: 'desc' }))).toEqual(['web10', 'Web2', 'sshd'])
})

it('arrange keeps equal ones by name in either order', () => {
  expect(names(arrange(JAILS, undefined, { by: 'currentlyBanned', order: 'desc' }))).toEqual(['sshd', 'Web2', 'web10'])
  expect(names(arrange(JAILS, undefined, { by: 'currentlyBanned', order: 'asc' }))).toEqual(['web10', 'sshd', 'Web2'])
})

it('arrange sorts states from working to not working', () => {
  expect(names(arrange(JAILS, undefined, { by: 'state', order: 'asc' }))).toEqual(['web10', 'sshd', 'Web2'])
})

it('arrange wants every typed word in the name, in any case', () => {
  expect(names(arrange(JAILS, ' WEB 1 ', { by: 'name', order: 'asc' }))).toEqual(['web10'])
  expect(arrange(JAILS, 'mail', { by: 'name', order: 'asc' })).toEqual([])
})
