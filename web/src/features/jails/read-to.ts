import type { Schemas } from '@/api/client'

/**
 * How many bytes of a log lie behind the position that fail2ban has noted; `undefined` where it has noted none, or the file cannot be seen.
 * It notes its position only now and then, so these bytes may have been read long since.
 */
export function unreadBytes({ size, readTo }: Schemas['LogHealthBody']): number | undefined {
  if (typeof size !== 'number' || typeof readTo !== 'number') return undefined
  // A file that was emptied is shorter than what was read of it: all that is in it now lies behind.
  return readTo <= size ? size - readTo : size
}
