import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { ApiProblem, api, body, LOCAL_HOST } from '@/api/client'
import { keys } from '@/api/queries'
import type { LaboratorySearch } from '@/routes/laboratory'
import type { Drafts } from './drafts'
import { type Missing, type RegexReport, type RegexTest, requestOf } from './test-request'

/** So long after the last key the test begins. */
const PAUSE_MS = 400

let serial = 0
const serials = new WeakMap<RegexTest, number>()

/** A number for a test: megabytes of log lines are no key. */
function serialOf(test: RegexTest): number {
  const known = serials.get(test)
  if (known !== undefined) return known
  serial += 1
  serials.set(test, serial)
  return serial
}

export type Running = {
  /** What the last test found; of an older text while `stale`. */
  report: RegexReport | undefined
  problem: ApiProblem | null
  missing: Missing | null
  /** The report is not of what is typed now. */
  stale: boolean
  busy: boolean
  again: () => void
  stop: () => void
}

/** Tests what the page is set to as one types. A newer test ends an older one, also at the server. */
export function useRegexTest(search: LaboratorySearch, drafts: Drafts): Running {
  const { try: what, filter, parameters, lines, path, journal, most } = search
  const wanted = useMemo(
    () => requestOf({ try: what, filter, parameters, lines, path, journal, most }, drafts),
    [what, filter, parameters, lines, path, journal, most, drafts],
  )
  const settled = useSettled(wanted)
  const test = typeof settled === 'string' ? null : settled
  const queryClient = useQueryClient()
  const queryKey = [...keys.laboratory, 'test', test ? serialOf(test) : 0]
  const asked = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      if (!test) throw new ApiProblem('unreadable', 0, null)
      return body(
        await api.POST('/api/v1/hosts/{host}/laboratory/test', {
          params: { path: { host: LOCAL_HOST } },
          body: test,
          signal,
        }),
      )
    },
    enabled: test !== null,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })
  // A regex is wrong half of the time that it is typed: what the last right one found stays in sight.
  const [last, setLast] = useState<RegexReport>()
  if (asked.data && asked.data !== last) setLast(asked.data)
  const missing = typeof wanted === 'string' ? wanted : null
  return {
    report: missing ? undefined : (asked.data ?? last),
    problem: missing || !asked.error ? null : ApiProblem.from(asked.error),
    missing,
    stale: settled !== wanted || asked.isPlaceholderData || asked.isError,
    busy: asked.isFetching,
    again: () => void asked.refetch(),
    stop: () => void queryClient.cancelQueries({ queryKey }),
  }
}

/** The value as it was when it last stood still for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
