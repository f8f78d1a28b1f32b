import { useQuery } from '@tanstack/react-query'
import { seriesQuery } from '@/features/filters/queries'
import type { StatsSearch } from '@/features/filters/search'

/** Bans over time, with their sum and that of the period before. */
export function useSeries(query: StatsSearch) {
  return useQuery(seriesQuery(query))
}
