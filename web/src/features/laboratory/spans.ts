import type { Schemas } from '@/api/client'

type Span = Schemas['LineSpanBody']

/** A stretch of a line with what was found in it; `found` is empty for the rest. */
export type Part = { text: string; found: readonly Span[] }

/** The line cut at the edges of its spans, which may lie over each other. Spans that are none are left out. */
export function parts(text: string, spans: readonly Span[]): Part[] {
  const fitting = spans.filter(({ start, end }) => start >= 0 && start < end && end <= text.length)
  const edges = [...new Set([0, text.length, ...fitting.flatMap(({ start, end }) => [start, end])])].sort(
    (a, b) => a - b,
  )
  const cut: Part[] = []
  for (const [index, start] of edges.entries()) {
    const end = edges[index + 1]
    if (end === undefined) break
    const found = fitting.filter((span) => span.start <= start && span.end >= end)
    cut.push({ text: text.slice(start, end), found })
  }
  return cut
}
