import { describe, expect, it } from 'vitest'
import type { Change } from '../types'
import { changesOf, type Edit, readEdits, withChange, without } from './edits'

const sshd = { kind: 'jail', name: 'sshd' } as const
const set = (option: string, value: string): Change => ({ change: 'set', item: sshd, section: null, option, value })

function made(...changes: Change[]): Edit[] {
  return changes.reduce<Edit[]>((edits, change) => withChange(edits, change), [])
}

describe('withChange', () => {
  it('puts a later value of the same option in the place of the earlier one, and keeps what was there before both', () => {
    const first = withChange(withChange([], set('maxretry', '4'), '5'), set('findtime', '1h'), '10m')
    const edits = withChange(first, set('maxretry', '3'), '4')
    expect(changesOf(edits)).toEqual([set('maxretry', '3'), set('findtime', '1h')])
    expect(edits.map((edit) => edit.before)).toEqual(['5', '10m'])
  })

  it('lets a reset take the place of a value, and disabling that of enabling', () => {
    const reset: Change = { change: 'reset', item: sshd, section: null, option: 'maxretry' }
    expect(changesOf(made(set('maxretry', '3'), reset))).toEqual([reset])
    const off: Change = { change: 'disable', jail: 'sshd' }
    expect(changesOf(made({ change: 'enable', jail: 'sshd', overrides: {} }, off))).toEqual([off])
  })

  it('takes the option "enabled" and the switching of a jail for one thing', () => {
    const on: Change = { change: 'enable', jail: 'sshd', overrides: {} }
    expect(changesOf(made(set('enabled', 'false'), on))).toEqual([on])
  })

  it('keeps options of one name in different sections and items apart', () => {
    const init: Change = { ...set('x', '1'), section: 'Init' } as Change
    const other: Change = { ...set('x', '1'), item: { kind: 'filter', name: 'sshd' } } as Change
    expect(made(set('x', '1'), init, other)).toHaveLength(3)
  })

  it('drops every other change of an item that is deleted', () => {
    const own = { kind: 'jail', name: 'own' } as const
    const gone: Change = { change: 'delete', item: own }
    const edits = made(
      { ...set('maxretry', '3'), item: own } as Change,
      { change: 'enable', jail: 'own', overrides: {} },
      set('maxretry', '3'),
      gone,
    )
    expect(changesOf(edits)).toEqual([set('maxretry', '3'), gone])
  })
})

describe('without', () => {
  it('takes one edit out', () => {
    const edits = made(set('maxretry', '3'), set('findtime', '1h'))
    expect(changesOf(without(edits, edits[0]?.key ?? ''))).toEqual([set('findtime', '1h')])
  })
})

describe('readEdits', () => {
  it('reads back what was kept', () => {
    const edits = made(set('maxretry', '3'), { change: 'writeFile', path: 'jail.local', text: 'a\n', base: null })
    expect(readEdits(JSON.stringify(edits))).toEqual(edits)
  })

  it.each(['', 'null', '{', '{"a":1}', '[1]', '[{"key":"a","change":{"change":"restore"}}]'])(
    'takes %j for nothing',
    (text) => {
      expect(readEdits(text)).toEqual([])
    },
  )
})
