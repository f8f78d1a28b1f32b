/** The most that can be banned at once. */
export const MOST_BANS = 10_000

const isSeparator = (code: number) =>
  code === 32 || code === 9 || code === 10 || code === 13 || code === 44 || code === 59 || code === 11 || code === 12

/**
 * How many targets a text names, and where the one after the last allowed begins (`null`: it does not come to that).
 * Stops there: a hundred thousand pasted lines must not be read to their end. `#` begins a comment that lasts to the line's end.
 */
export function countTargets(text: string, most = MOST_BANS): { count: number; cutAt: number | null } {
  let count = 0
  let inside = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 35) {
      const end = text.indexOf('\n', at)
      inside = false
      if (end < 0) break
      at = end
    } else if (isSeparator(code)) {
      inside = false
    } else if (!inside) {
      inside = true
      count += 1
      if (count > most) return { count, cutAt: at }
    }
  }
  return { count, cutAt: null }
}
