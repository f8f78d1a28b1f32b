import { describe, expect, it } from 'vitest'
import { appended, MOST_FILE_BYTES, readListFile, withoutComments } from './list-file'

const file = (...parts: BlobPart[]) => new File(parts, 'list.txt', { type: 'text/plain' })

describe('a file with addresses', () => {
  it('is read without comments, and its lines keep their numbers', async () => {
    const text =
      '\uFEFF# a list\r\n192.0.2.1\r\n198.51.100.0/24 ; SBL1 # more\r\n// by hand\r\n  2001:db8::/32 // a net\r\n\r\n'
    expect(await readListFile(file(text))).toEqual({ text: '\n192.0.2.1\n198.51.100.0/24\n\n2001:db8::/32' })
  })

  it('keeps what is no address, for the check to tell of', () => {
    expect(withoutComments('http://x/\nfoo bar\n192.0.2.1')).toBe('http:\nfoo bar\n192.0.2.1')
  })

  it('may have comments of older machines', async () => {
    const latin = Uint8Array.from([...'192.0.2.1 # M'].map((c) => c.charCodeAt(0)).concat(0xfc))
    expect(await readListFile(file(latin))).toEqual({ text: '192.0.2.1' })
  })

  it('that is too large, no text, or has no line in it is refused', async () => {
    expect(await readListFile(file('1'.repeat(MOST_FILE_BYTES + 1)))).toEqual({ fault: 'tooLarge' })
    expect(await readListFile(file('1'.repeat(MOST_FILE_BYTES)))).toHaveProperty('text')
    expect(await readListFile(file(Uint8Array.from([0x1f, 0x8b, 0, 1])))).toEqual({ fault: 'noText' })
    expect(await readListFile(file('# nothing\n\n'))).toEqual({ fault: 'empty' })
    const gone = Object.assign(file('x'), { arrayBuffer: () => Promise.reject(new Error('gone')) })
    expect(await readListFile(gone)).toEqual({ fault: 'unreadable' })
  })

  it('of very many lines loses the empty ones', () => {
    expect(withoutComments(`${'#\n'.repeat(60_000)}192.0.2.1\n\n192.0.2.2`)).toBe('192.0.2.1\n192.0.2.2')
  })

  it('goes behind what is written already', () => {
    expect(appended('', 'b')).toBe('b')
    expect(appended('a\n\n', 'b')).toBe('a\nb')
  })
})
