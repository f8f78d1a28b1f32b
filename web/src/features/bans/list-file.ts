/** The most bytes of a file that is read: ten thousand addresses with their comments have less. */
export const MOST_FILE_BYTES = 1_000_000
/** From so many lines on, empty ones are left out: they keep a text field busy for nothing. */
const MANY_LINES = 50_000

export type FileFault = 'tooLarge' | 'noText' | 'empty' | 'unreadable' | 'several'

export type ReadFile = { text: string } | { fault: FileFault }

/** The addresses of a text file, each on its own line, without comments. */
export async function readListFile(file: File): Promise<ReadFile> {
  // Before a byte of it is read: somebody may mistake a film for a list.
  if (file.size > MOST_FILE_BYTES) return { fault: 'tooLarge' }
  let bytes: ArrayBuffer
  try {
    bytes = await file.arrayBuffer()
  } catch {
    // A folder, or one that has gone since it was chosen.
    return { fault: 'unreadable' }
  }
  const written = decode(bytes)
  if (written.includes('\0')) return { fault: 'noText' }
  const text = withoutComments(written)
  return text === '' ? { fault: 'empty' } : { text }
}

/** UTF-8, or what older machines write: comments may hold anything, addresses are ASCII in both. */
function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** What is left of each line before `#`, `;` or `//`. Lines that become empty stay, so that numbers of lines are those of the file. */
export function withoutComments(text: string): string {
  const lines = text.split(/\r\n|\n|\r/).map((line) => (line.split(/#|;|\/\//, 1)[0] ?? '').trim())
  const kept = lines.length > MANY_LINES ? lines.filter(Boolean) : lines
  return kept.join('\n').trimEnd()
}

/** A file's lines behind what is there already. */
export function appended(before: string, lines: string): string {
  const there = before.trimEnd()
  return there === '' ? lines : `${there}\n${lines}`
}
