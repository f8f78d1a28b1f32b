import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { ApiProblem } from '@/api/client'
import { itemsQuery } from '@/features/config/queries'
import { jailQuery } from '@/features/jails/queries'

export type FilterChoice = { name: string; usedBy: readonly string[] }
const NONE: readonly FilterChoice[] = []

/** The filters there are, those of enabled jails first. */
export function useFilters(): { filters: readonly FilterChoice[]; problem: ApiProblem | null } {
  const { data, error } = useQuery({ ...itemsQuery, refetchInterval: false })
  const filters = useMemo(() => {
    if (!data) return NONE
    const filters = data.items.filter((item) => item.id.kind === 'filter')
    return filters
      .map((item) => ({ name: item.id.name, usedBy: item.usedBy }))
      .sort((a, b) => Number(b.usedBy.length > 0) - Number(a.usedBy.length > 0) || a.name.localeCompare(b.name))
  }, [data])
  return { filters, problem: error && !data ? ApiProblem.from(error) : null }
}

export type JailSource = { jail: string; kind: 'files' | 'journal'; entry: string }

/** Of so many jails it is asked what they read. */
const MOST_JAILS = 5

/** What the running jails of a filter read, to choose lines from. */
export function useJailSources(filter: string | undefined): readonly JailSource[] {
  const jails = useFilters().filters.find(({ name }) => name === filter)?.usedBy ?? []
  return useQueries({
    queries: jails.slice(0, MOST_JAILS).map((jail) => ({ ...jailQuery(jail), refetchInterval: false as const })),
    combine: (answers) =>
      answers.flatMap(({ data }) =>
        (data?.source?.entries ?? []).map((entry) => ({
          jail: data?.name ?? '',
          kind: data?.source?.kind ?? 'files',
          entry,
        })),
      ),
  })
}
