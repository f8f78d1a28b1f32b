import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { ApiProblem, api, body, LOCAL_HOST, type Schemas } from '@/api/client'
import { countTargets, MOST_BANS } from './count-targets'

/** A check per pause, not per key. */
const TYPING_MS = 300

export type CheckLine = Schemas['BanCheckLine']
export type CheckCounts = Schemas['BanCheckCounts']

/** The order in which outcomes are told: first what needs somebody. */
export const OUTCOMES = [
  'refused',
  'needsConfirmation',
  'invalid',
  'alreadyBanned',
  'duplicate',
  'ok',
] as const satisfies readonly CheckLine['outcome'][]

export type BanCheck = {
  /** Names more than can be banned at once; nothing is asked then. */
  tooMany: boolean
  /** How many targets the text names; one more than the most for more. */
  named: number
  /** The answer belongs to an older text, or is under way. */
  pending: boolean
  /** Problems first, then in the order of the text. */
  lines: readonly CheckLine[]
  counts: CheckCounts | null
  problem: ApiProblem | null
}

/** Asks the server what it would do with each line, whenever one pauses in typing. No more than `most` are looked at. */
export function useBanCheck(text: string, jail: string | null, most = MOST_BANS): BanCheck {
  const { count, cutAt } = useMemo(() => countTargets(text, most), [text, most])
  const tooMany = cutAt !== null
  const [asked, setAsked] = useState({ text: '', jail, revision: 0 })
  useEffect(() => {
    if (tooMany) return
    const timer = setTimeout(
      () => setAsked((before) => ({ text, jail, revision: before.revision + 1 })),
      text === '' ? 0 : TYPING_MS,
    )
    return () => clearTimeout(timer)
  }, [text, jail, tooMany])
  const empty = count === 0
  const { data, error, isFetching } = useQuery<Schemas['BanCheckBody']>({
    // The revision stands for the text, which may have hundreds of kilobytes.
    queryKey: ['ban-check', asked.revision],
    enabled: asked.text.trim() !== '',
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    placeholderData: (before) => before,
    structuralSharing: false,
    queryFn: async ({ signal }): Promise<Schemas['BanCheckBody']> =>
      body(
        await api.POST('/api/v1/hosts/{host}/bans/check', {
          params: { path: { host: LOCAL_HOST } },
          body: { jail: asked.jail, text: asked.text },
          signal,
        }),
      ),
  })
  const lines = useMemo(
    () =>
      [...(data?.lines ?? [])].sort(
        (a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome) || a.line - b.line,
      ),
    [data],
  )
  return {
    tooMany,
    named: count,
    pending: !empty && !tooMany && (isFetching || asked.text !== text || asked.jail !== jail),
    lines: empty || tooMany ? [] : lines,
    counts: empty || tooMany ? null : (data?.counts ?? null),
    problem: error && !empty ? ApiProblem.from(error) : null,
  }
}
