export type IgnoreKind = 'address' | 'network' | 'host' | 'everything' | 'other'

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const V4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`)
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i

function isV6(text: string): boolean {
  if (!/^[0-9a-f:.]+$/i.test(text) || !text.includes(':')) return false
  return URL.canParse(`http://[${text}]/`)
}

/** What an entry of an ignore list is. The server decides what it takes; this tells before one asks. */
export function ignoreKind(entry: string): IgnoreKind {
  const text = entry.trim()
  const [address = '', prefix, ...more] = text.split('/')
  const family = V4.test(address) ? 32 : isV6(address) ? 128 : 0
  if (family > 0 && more.length === 0) {
    if (prefix === undefined) return 'address'
    if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > family) return 'other'
    return Number(prefix) === 0 ? 'everything' : 'network'
  }
  const labels = text.split('.')
  const named = text.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
  return named ? 'host' : 'other'
}

/** Whether BanGUI could put an entry back that was removed: it adds addresses, networks and host names. */
export function canBeAddedAgain(entry: string): boolean {
  const kind = ignoreKind(entry)
  return kind === 'address' || kind === 'network' || kind === 'host'
}
