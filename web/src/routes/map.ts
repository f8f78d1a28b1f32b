import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readStatsSearch, type StatsSearch } from '@/features/filters/search'
import { withTexts } from '@/i18n/i18n'
import { oneOf, texts } from '@/lib/search'
import { appRoute } from './app'

export const MAP_LISTS = ['countries', 'networks', 'addresses', 'bans'] as const
export const MAP_SORTS = ['name', 'bans', 'previous'] as const
const FEWEST_STEPS = 5
const MOST_STEPS = 7

export type MapSearch = Omit<StatsSearch, 'country'> & {
  /** The countries that are selected; all when left out. Not a filter: the map goes on showing the others. */
  select?: string[]
  /** The table beside the map; countries when left out. */
  list?: (typeof MAP_LISTS)[number]
  sort?: (typeof MAP_SORTS)[number]
  order?: 'asc' | 'desc'
  /** Steps of the colour scale, spread over the countries by quantiles. */
  steps?: number
  /** Thresholds of one's own instead, ascending. */
  at?: number[]
}

export const mapRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/map',
  validateSearch: (raw: Record<string, unknown>): MapSearch => {
    const { country, ...filters } = readStatsSearch({ ...raw, country: raw.select ?? raw.country })
    return {
      ...filters,
      select: country,
      list: oneOf(raw.list, MAP_LISTS),
      sort: oneOf(raw.sort, MAP_SORTS),
      order: oneOf(raw.order, ['asc', 'desc']),
      steps:
        typeof raw.steps === 'number' && raw.steps >= FEWEST_STEPS && raw.steps <= MOST_STEPS
          ? Math.round(raw.steps)
          : undefined,
      at: thresholds(texts(raw.at)?.map(Number)),
    }
  },
  component: lazyRouteComponent(
    withTexts(() => import('@/features/map/MapPage'), 'map', 'filters'),
    'MapPage',
  ),
})

/** Whole numbers from 1 on, ascending, each once; none when there is no valid one. */
export function thresholds(values: number[] | undefined): number[] | undefined {
  const kept = [...new Set(values?.filter((value) => Number.isInteger(value) && value > 0))].sort((a, b) => a - b)
  return kept.length > 0 ? kept.slice(0, MOST_STEPS) : undefined
}
