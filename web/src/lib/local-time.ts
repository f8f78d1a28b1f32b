/** Local date and time of a field of type `datetime-local`, in a zone, as an instant; `undefined` for none. */
export function instantOf(local: string, timeZone: string): string | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?/.exec(local)
  if (!match) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0))
  const wall = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second)
  if (Number.isNaN(wall)) return undefined
  // The offset at the guess may differ from the one at the answer when the clocks change in between: the second round settles it.
  let at = wall - offset(wall, timeZone)
  at = wall - offset(at, timeZone)
  return new Date(at).toISOString()
}

/** The other way round: what such a field shows for an instant. */
export function localOf(instant: string | undefined, timeZone: string): string {
  const at = instant ? Date.parse(instant) : Number.NaN
  if (Number.isNaN(at)) return ''
  return new Date(at + offset(at, timeZone)).toISOString().slice(0, 16)
}

/** Milliseconds that the zone is ahead of UTC at an instant. */
function offset(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-u-ca-gregory', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0)
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wall - Math.floor(at / 1_000) * 1_000
}
