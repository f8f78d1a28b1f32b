import { describe, expect, it } from 'vitest'
import { option } from '../test-config'
import { defaultsOf, JAIL_DROP_IN } from './defaults'

const layer = (file: string, section: string, raw: string) => ({ source: { file, line: 1, section }, raw })

describe('defaultsOf', () => {
  it('takes the nearest of [DEFAULT], also where the jail itself says something else', () => {
    const [found] = defaultsOf([
      option({
        setAt: { file: 'jail.local', line: 9, section: 'sshd' },
        raw: '3',
        overrides: [layer(JAIL_DROP_IN, 'DEFAULT', '4'), layer('jail.conf', 'DEFAULT', '5')],
        byBangui: false,
      }),
    ])
    expect(found).toMatchObject({ value: '4', byBangui: true, setAt: { file: JAIL_DROP_IN } })
    expect(found?.overrides).toEqual([layer('jail.conf', 'DEFAULT', '5')])
  })

  it('sets nothing where only the jail says something', () => {
    const [found] = defaultsOf([option({ setAt: { file: 'jail.conf', line: 9, section: 'sshd' } })])
    expect(found).toMatchObject({ value: null, setAt: null, own: false, byBangui: false })
  })
})
