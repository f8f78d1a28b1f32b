/** Steps of a colour scale: a value has step 0 below the first threshold, and one more for each that it reaches. */
export function stepOf(value: number, thresholds: readonly number[]): number {
  let step = 0
  while (step < thresholds.length && value >= (thresholds[step] ?? Number.POSITIVE_INFINITY)) step += 1
  return step
}

/**
 * Thresholds that spread the positive values over so many steps of about the same number of members: one huge value does not wash out
 * all the others. Fewer when there are not that many different values.
 */
export function quantiles(values: readonly number[], steps: number): number[] {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b)
  const found = new Set<number>()
  for (let index = 0; index < steps; index += 1) {
    const value = sorted[Math.floor((index * sorted.length) / steps)]
    if (value !== undefined) found.add(value)
  }
  return [...found]
}

/** The colour of a step: `steps` of them from light to strong, none for step 0. */
export function scaleColour(step: number, steps: number): string | undefined {
  if (step === 0) return undefined
  const share = steps <= 1 ? 100 : Math.round(((step - 1) / (steps - 1)) * 100)
  return `color-mix(in oklab, var(--scale-high) ${share}%, var(--scale-low))`
}
