import type { Schemas } from '@/api/client'

/** How many bytes of a log wait to be read; `undefined` where fail2ban has noted no position, or the file cannot be seen. */
export function unreadBytes({ size, readTo }: Schemas['LogHealthBody']): number | undefined {
  if (typeof size !== 'number' || typeof readTo !== 'number') return undefined
  // A file that was emptied is shorter than what was read of it: all that is in it now waits.
  return readTo <= size ? size - readTo : size
}
