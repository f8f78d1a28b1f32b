import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import type { LogSearch } from '@/routes/log'

export type LogLevel = NonNullable<LogSearch['level']>

/** fail2ban's own words stand in the lines, so that a line here is the line there. */
export const LEVEL_WORDS: Record<LogLevel, string> = {
  debug: 'DEBUG',
  info: 'INFO',
  notice: 'NOTICE',
  warning: 'WARNING',
  error: 'ERROR',
  critical: 'CRITICAL',
}

export const LEVEL_TONES: Record<LogLevel, string> = {
  debug: 'text-muted',
  info: 'text-muted',
  notice: 'text-fg',
  warning: 'text-warning',
  error: 'font-semibold text-danger',
  critical: 'font-semibold text-danger',
}

const FROM = {
  debug: msg`All levels`,
  info: msg`INFO and graver`,
  notice: msg`NOTICE and graver`,
  warning: msg`WARNING and graver`,
  error: msg`ERROR and graver`,
  critical: msg`Only CRITICAL`,
}

/** The choice of a level, from all to the gravest. `debug` is all there is. */
export function useLevelOptions() {
  const { i18n } = useLingui()
  return (Object.keys(FROM) as LogLevel[]).map((value) => ({ value, label: i18n._(FROM[value]) }))
}
