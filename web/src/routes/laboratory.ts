import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { oneOf, text } from '@/lib/search'
import { appRoute } from './app'

/** How many of the last lines are tested. */
export const LINE_LIMITS = ['100', '1000', '10000'] as const
export const SHOWN_LINES = ['matched', 'ignored', 'context', 'missed', 'timeless'] as const

export type LaboratorySearch = {
  /** What is tried: a filter as it is when left out, unsaved text of one, or expressions by themselves. */
  try?: 'text' | 'regexes'
  filter?: string
  /** Parameters of the filter, such as `mode=aggressive`. */
  parameters?: string
  /** On what: pasted lines when left out. */
  lines?: 'file' | 'journal'
  path?: string
  /** Conditions of the journal, separated by spaces. */
  journal?: string
  /** How many lines; 1000 when left out. */
  most?: (typeof LINE_LIMITS)[number]
  show?: (typeof SHOWN_LINES)[number]
  /** The expression whose lines are marked: `f0` is the first failregex, `i0` the first ignoreregex. */
  regex?: string
  tab?: 'samples'
}

export const laboratoryRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/laboratory',
  validateSearch: (raw: Record<string, unknown>): LaboratorySearch => ({
    try: oneOf(raw.try, ['text', 'regexes']),
    filter: text(raw.filter),
    parameters: text(raw.parameters),
    lines: oneOf(raw.lines, ['file', 'journal']),
    path: text(raw.path, 1_000),
    journal: text(raw.journal, 1_000),
    most: oneOf(text(raw.most), LINE_LIMITS),
    show: oneOf(raw.show, SHOWN_LINES),
    regex: /^[fi]\d{1,4}$/.exec(text(raw.regex) ?? '')?.[0],
    tab: oneOf(raw.tab, ['samples']),
  }),
  component: lazyRouteComponent(
    withTexts(() => import('@/features/laboratory/LaboratoryPage'), 'laboratory', 'config'),
    'LaboratoryPage',
  ),
})
