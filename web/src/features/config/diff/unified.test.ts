import { describe, expect, it } from 'vitest'
import { diffLines, diffSize } from './unified'

const DIFF = `--- a/jail.local
+++ b/jail.local
@@ -3,4 +3,4 @@
 [sshd]
-maxretry = 5
+maxretry = 3
 --- no header
\\ No newline at end of file
@@ -20,1 +20,2 @@
 last
++++ added
`

describe('diffLines', () => {
  const lines = diffLines(DIFF)

  it('numbers the lines of both texts and leaves the names of the files out', () => {
    expect(
      lines.map((line) => ('before' in line ? [line.kind, line.before, line.after, line.text] : line.kind)),
    ).toEqual([
      'hunk',
      ['same', 3, 3, '[sshd]'],
      ['removed', 4, null, 'maxretry = 5'],
      ['added', null, 4, 'maxretry = 3'],
      ['same', 5, 5, '--- no header'],
      'note',
      'hunk',
      ['same', 20, 20, 'last'],
      ['added', null, 21, '+++ added'],
    ])
  })

  it('counts what comes and goes', () => {
    expect(diffSize(lines)).toEqual({ added: 2, removed: 1 })
  })

  it('has no lines for an empty diff', () => {
    expect(diffLines('')).toEqual([])
  })
})
