export type Parameters = Readonly<Record<string, string>>

const ONE = /^\s*([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^,"']*))\s*(?:,|$)/

/** Reads `mode=aggressive, port="22"` as fail2ban reads it in brackets. `null` for what is none. */
export function parseParameters(text: string): Parameters | null {
  const found: Record<string, string> = {}
  let rest = text.trim()
  while (rest !== '') {
    const match = ONE.exec(rest)
    if (!match?.[1]) return null
    found[match[1]] = match[2] ?? match[3] ?? (match[4] ?? '').trim()
    rest = rest.slice(match[0].length).trimStart()
  }
  return found
}
