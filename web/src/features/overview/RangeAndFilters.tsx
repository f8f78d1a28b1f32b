import { FilterBar } from '@/features/filters/FilterBar'
import { RangePicker } from '@/features/filters/RangePicker'
import type { HistorySearch, RangeSearch } from '@/features/filters/search'
import { overviewRoute } from '@/routes/overview'

/** Which bans the page is about. The URL keeps it. */
export default function RangeAndFilters() {
  const search = overviewRoute.useSearch()
  const navigate = overviewRoute.useNavigate()
  const change = (part: Partial<HistorySearch>) => void navigate({ search: { ...search, ...part }, replace: true })
  const range = ({ range, from, until }: RangeSearch) => change({ range, from, until })
  return (
    <FilterBar value={search} fallback="24h" onChange={change}>
      <RangePicker value={search} fallback="24h" onChange={range} />
    </FilterBar>
  )
}
