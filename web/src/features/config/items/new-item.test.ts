import { describe, expect, it } from 'vitest'
import api from '@/api/words.json'
import { summary } from '../test-config'
import { LIMITS, nameFault } from './new-item'

const items = [summary(), summary({ id: { kind: 'filter', name: 'apache-auth' } })]
const said = (kind: 'jail' | 'filter', name: string) => nameFault(name, kind, items)?.message

describe('the name of a new item', () => {
  it('has the limits that the server has', () => {
    for (const kind of ['jail', 'filter', 'action'] as const) {
      const { mostChars, reserved } = LIMITS[kind]
      expect({ mostChars, reserved }).toEqual(kind === 'jail' ? api.names.jail : api.names.file)
    }
  })

  it('can be what the server takes', () => {
    for (const name of ['my-jail.2', '2nd', 'a'.repeat(api.names.jail.mostChars)])
      expect(said('jail', name)).toBe(undefined)
    for (const name of ['größe', '_own', 'default', 'SSHD', 'x'.repeat(api.names.file.mostChars)]) {
      expect(said('filter', name)).toBe(undefined)
    }
  })

  it('says which sign is wrong, or where', () => {
    expect(said('jail', 'two words')).toBe('No spaces in it.')
    expect(said('jail', 'größe')).toBe('It cannot have {sign} in it.')
    expect(said('filter', 'a/b')).toBe('It cannot have {sign} in it.')
    expect(said('jail', '_own')).toBe('A letter or a digit has to be first.')
    expect(said('filter', '.own')).toBe('A letter, a digit or _ has to be first.')
  })

  it('says what is too long, reserved or there already', () => {
    expect(said('jail', 'a'.repeat(api.names.jail.mostChars + 1))).toMatch(/^At most 25 characters/)
    expect(said('filter', 'a'.repeat(api.names.file.mostChars + 1))).toMatch(/^At most 100 characters/)
    for (const name of api.names.jail.reserved)
      expect(said('jail', name.toUpperCase()), name).toMatch(/meaning of its own/)
    expect(said('filter', 'Init')).toMatch(/meaning of its own/)
    expect(said('jail', 'sshd')).toBe('There is one of this name already.')
    expect(said('jail', 'SSHD')).toMatch(/case of letters/)
    expect(said('filter', 'apache-auth')).toBe('There is one of this name already.')
  })
})
