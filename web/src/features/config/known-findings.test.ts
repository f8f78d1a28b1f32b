import { describe, expect, it } from 'vitest'
import { knownFindings } from './known-findings'
import { finding, plan } from './test-config'
import { withChange } from './tray/edits'

const item = { kind: 'jail', name: 'sshd' } as const
const about = (option: string, detail: string) => finding({ item, option, detail, file: 'jail.local' })

describe('knownFindings', () => {
  const old = about('maxretry', 'old')
  const other = about('logpath', 'other')
  const edits = withChange([], { change: 'set', item, section: null, option: 'maxretry', value: '3' })

  it('are those of the files while there is no plan', () => {
    expect(knownFindings([old, other], undefined, edits)).toEqual([old, other])
  })

  it('are those of the plan for what is edited, and those of the files for the rest, each once', () => {
    const fresh = about('maxretry', 'fresh')
    expect(knownFindings([old, other], plan({ findings: [other, fresh] }), edits)).toEqual([other, fresh])
  })

  it('leave out what was found in a file that is edited as text', () => {
    const written = withChange([], { change: 'writeFile', path: 'jail.local', text: '', base: null })
    expect(knownFindings([old, other], plan(), written)).toEqual([])
  })
})
