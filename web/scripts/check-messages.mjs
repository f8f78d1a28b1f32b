// Fails when a text of the code is not in the catalogues, when a catalogue holds one that the code has not, when German lacks one,
// or when two catalogues translate one text differently: the page joins them, and the one loaded last would win.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const catalogues = () =>
  Object.fromEntries(
    readdirSync('src', { recursive: true })
      .filter((file) => file.endsWith('.po'))
      .map((file) => [file, readFileSync(join('src', file), 'utf8')]),
  )

/** Only the messages: the header's dates are no difference. */
const messages = (text) =>
  text
    .split(/\n\n/)
    .map((entry) => entry.replace(/^#.*\n/gm, '').trim())
    .filter((entry) => entry !== '' && !entry.includes('"Content-Type: '))

const before = catalogues()
execFileSync(join('node_modules', '.bin', 'lingui'), ['extract', '--clean'], { stdio: ['ignore', 'ignore', 'inherit'] })
const after = catalogues()

const faults = []
const german = new Map()
for (const file of new Set([...Object.keys(before), ...Object.keys(after)])) {
  const was = new Set(messages(before[file] ?? ''))
  const is = messages(after[file] ?? '')
  const gone = [...was].filter((entry) => !is.includes(entry))
  const fresh = is.filter((entry) => !was.has(entry))
  if (gone.length + fresh.length > 0)
    faults.push(`${file}: was stale (now extracted): ${fresh.length} new, ${gone.length} gone`)
  if (!file.endsWith('de.po')) continue
  for (const entry of is) {
    if (/msgstr ""\s*$/.test(entry)) faults.push(`${file}: no German text for ${entry.split('\n')[0]}`)
    const [id, text] = entry.split(/\nmsgstr /)
    const other = german.get(id)
    if (other && other.text !== text) faults.push(`${file}: ${id} is ${text}, but ${other.text} in ${other.file}`)
    german.set(id, { text, file })
  }
}

if (faults.length > 0) {
  console.error(faults.join('\n'))
  process.exit(1)
}
console.log(`messages: ${Object.keys(after).length} catalogues complete`)
