const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** After how many seconds without use a session may end, as it is offered. */
export const IDLE_CHOICES = [15 * MINUTE, 30 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, DAY, 7 * DAY, 30 * DAY]
/** After how many seconds it may end in any case. */
export const ABSOLUTE_CHOICES = [8 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY]

/** The choices, with one more where the value in use is none of them. */
export function withOwn(choices: readonly number[], own: number): number[] {
  return [...new Set([...choices, own])].sort((a, b) => a - b)
}

/** Every zone the browser knows, UTC among them, the wanted one too. */
export function zones(own: string): string[] {
  return [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), own])].sort()
}
