import { describe, expect, it } from 'vitest'
import { finding, option, spec } from '../test-config'
import type { Edit } from '../tray/edits'
import { findingsOf, grouped, isReset, resetChange, rowsOf, setChange, shownRows, shownValue } from './rows'

const jail = { item: { kind: 'jail', name: 'sshd' } } as const
const action = { item: { kind: 'action', name: 'iptables' } } as const
const SHOW = { all: false, search: '', edited: () => false }

describe('rowsOf', () => {
  it('finds the description by section and name, without the condition of a name', () => {
    const specs = [
      spec({ name: 'actionban', item: 'action', section: 'Definition', value: { kind: 'command' } }),
      spec({ name: 'lockingopt', item: 'action', section: 'Init', value: { kind: 'text' }, help: 'Of Init.' }),
      spec({ name: 'actionban', item: 'jail', help: 'Not this one.' }),
    ]
    const options = [
      option({ name: 'actionban?family=inet6', section: 'Definition' }),
      option({ name: 'lockingopt', section: 'Init?family=inet6' }),
    ]
    const rows = rowsOf(options, specs, 'action')
    expect(rows.map((row) => row.kind.kind)).toEqual(['command', 'text'])
    expect(rows[1]?.spec?.help).toBe('Of Init.')
  })

  it('takes an option that nobody described for text, of several lines where it has them', () => {
    const rows = rowsOf([option({ name: 'a', value: 'x\ny' }), option({ name: 'b', value: 'x' })], [], 'filter')
    expect(rows.map((row) => row.kind.kind)).toEqual(['lines', 'text'])
  })
})

describe('grouped', () => {
  it('keeps the order of the description and puts what is not described last', () => {
    const options = [option({ name: 'x' }), option({ name: 'bantime' }), option({ name: 'logpath' })]
    const specs = [spec({ name: 'bantime', group: 'banning' }), spec({ name: 'logpath', group: 'sources' })]
    expect(grouped(rowsOf(options, specs, 'jail')).map((group) => group.name)).toEqual(['banning', 'sources', 'other'])
  })
})

describe('shownRows', () => {
  const set = option({ name: 'maxretry' })
  const unset = option({ name: 'maxlines', value: null, setAt: null })
  const rows = rowsOf([set, unset], [spec({ name: 'maxlines', help: 'Lines looked at together.' })], 'jail')
  const names = (show: Parameters<typeof shownRows>[1]) => shownRows(rows, show).map((row) => row.option.name)

  it('leaves out what no file sets, unless all are asked for or it was edited', () => {
    expect(names(SHOW)).toEqual(['maxretry'])
    expect(names({ ...SHOW, all: true })).toEqual(['maxretry', 'maxlines'])
    expect(names({ ...SHOW, edited: (one) => one.name === 'maxlines' })).toEqual(['maxretry', 'maxlines'])
  })

  it('finds an option that is not set by a word of its help', () => {
    expect(names({ ...SHOW, search: 'together' })).toEqual(['maxlines'])
  })
})

describe('changes of a form', () => {
  it('name the section only where it is not the usual one', () => {
    expect(setChange(jail, option({ section: 'sshd' }), '3')).toMatchObject({ section: null, value: '3' })
    expect(setChange(action, option({ section: 'Definition' }), 'x')).toMatchObject({ section: null })
    expect(setChange(action, option({ section: 'Init' }), 'x')).toMatchObject({ section: 'Init' })
  })

  it('set and reset a default of all jails', () => {
    const maxretry = option({ name: 'maxretry' })
    expect(setChange('defaults', maxretry, '3')).toEqual({ change: 'setDefault', option: 'maxretry', value: '3' })
    expect(resetChange('defaults', maxretry)).toEqual({ change: 'setDefault', option: 'maxretry', value: null })
  })
})

describe('shownValue', () => {
  const below = { source: { file: 'jail.conf', line: 10, section: 'DEFAULT' }, raw: '5' }
  const row = rowsOf([option({ value: '3', overrides: [below] })], [], 'jail')[0]
  if (!row) throw new Error('no row')
  const edit = (change: Edit['change']): Edit => ({ key: 'k', change })

  it('is what an edit gives, else what takes effect', () => {
    expect(shownValue(row, undefined)).toBe('3')
    expect(shownValue(row, edit(setChange(jail, row.option, '')))).toBe('')
    expect(shownValue(row, edit({ change: 'disable', jail: 'sshd' }))).toBe('false')
  })

  it('is what comes back after a reset', () => {
    const reset = edit(resetChange(jail, row.option))
    expect(isReset(reset)).toBe(true)
    expect(shownValue(row, reset)).toBe('5')
  })
})

describe('findingsOf', () => {
  it('takes those of this option and of this item', () => {
    const mine = finding({ option: 'maxretry', item: jail.item })
    const others = [finding({ option: 'findtime' }), finding({ option: 'maxretry', item: { kind: 'jail', name: 'x' } })]
    expect(findingsOf([mine, ...others], jail, option({ name: 'maxretry' }))).toEqual([mine])
  })
})
