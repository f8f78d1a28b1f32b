import type { BanCheck } from '../use-ban-check'
import { isTooWide } from './networks'

/** The check of targets that are to be banned without a jail: there networks may not be so wide, which the check does not know. */
export function withoutTooWide(check: BanCheck, said: string): BanCheck {
  if (!check.counts || !check.lines.some(({ target }) => target && isTooWide(target))) return check
  const counts = { ...check.counts }
  const lines = check.lines.map((line) => {
    if (!line.target || !isTooWide(line.target) || line.outcome === 'refused' || line.outcome === 'duplicate')
      return line
    counts[line.outcome] -= 1
    counts.refused += 1
    return { ...line, outcome: 'refused' as const, hits: [], message: said }
  })
  const refused = lines.filter((line) => line.outcome === 'refused')
  return { ...check, counts, lines: [...refused, ...lines.filter((line) => line.outcome !== 'refused')] }
}
