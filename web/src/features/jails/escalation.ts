import type { Schemas } from '@/api/client'

type Settings = Pick<Schemas['JailSettingsBody'], 'bantimeSeconds' | 'escalation'>

/** How the bans of a returning address grow. */
export type Growth =
  | { kind: 'off' }
  /** A permanent ban cannot grow. */
  | { kind: 'permanent' }
  /** The longest time allowed is no longer than the first ban, so that nothing grows. */
  | { kind: 'capped' }
  /** Twice as long each time. `factor`: what it is multiplied by besides; `null` when it is no plain number. */
  | { kind: 'doubling'; factor: number | null }
  | { kind: 'multipliers'; multipliers: number[]; factor: number | null }
  /** A formula of one's own, which only fail2ban can evaluate. */
  | { kind: 'formula'; formula: string }

const STOCK_FORMULA = /^ban\.Time\*\(1<<\(ban\.Countifban\.Count<20else20\)\)\*banFactor$/

function plainNumber(text: string): number | null {
  return /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null
}

export function growthOf({ bantimeSeconds, escalation }: Settings): Growth {
  if (!escalation.increment) return { kind: 'off' }
  if (bantimeSeconds !== null && bantimeSeconds !== undefined && bantimeSeconds < 0) return { kind: 'permanent' }
  if (typeof bantimeSeconds === 'number' && (escalation.maxSeconds ?? Number.POSITIVE_INFINITY) <= bantimeSeconds) {
    return { kind: 'capped' }
  }
  const factor = escalation.factor ? plainNumber(escalation.factor) : 1
  const multipliers = (escalation.multipliers ?? '').split(/\s+/).filter(Boolean).map(Number)
  // The multipliers win over the formula, as in fail2ban.
  if (multipliers.length > 0 && multipliers.every(Number.isFinite)) return { kind: 'multipliers', multipliers, factor }
  const { formula } = escalation
  if (formula && !STOCK_FORMULA.test(formula.replace(/\s+/g, ''))) return { kind: 'formula', formula }
  return { kind: 'doubling', factor }
}

export type Step = { ban: number; seconds: number; longest: boolean }

/**
 * The length of the first bans of one address, up to the one from which on nothing grows any more. Empty when it cannot be told.
 * The first ban lasts `bantime`: fail2ban multiplies only for an address that it remembers.
 */
export function steps(settings: Settings, most = 6): Step[] {
  const growth = growthOf(settings)
  const base = settings.bantimeSeconds
  if (!base || base < 0 || (growth.kind !== 'doubling' && growth.kind !== 'multipliers')) return []
  if (growth.factor === null) return []
  const max = settings.escalation.maxSeconds ?? Number.POSITIVE_INFINITY
  const found: Step[] = [{ ban: 1, seconds: base, longest: false }]
  for (let before = 1; before < most; before += 1) {
    const times =
      growth.kind === 'doubling'
        ? 2 ** Math.min(before, 20)
        : (growth.multipliers[before] ?? growth.multipliers.at(-1) ?? 1)
    const grown = base * growth.factor * times
    // The stock formula never falls below the ban time; the multipliers may.
    const seconds = Math.min(growth.kind === 'doubling' ? Math.max(base, grown) : grown, max)
    const last = growth.kind === 'multipliers' && before >= growth.multipliers.length - 1
    const longest = seconds === max || last
    found.push({ ban: before + 1, seconds, longest })
    if (longest) break
  }
  return found
}
