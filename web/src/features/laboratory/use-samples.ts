import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useProblemToast } from '@/components/problem-toast'
import { toast } from '@/components/toasts'
import { useConfigProblemTitle } from '@/features/config/problem-titles'
import { visible } from '@/lib/hostile'
import { putSamples, type Sample, samplesQuery } from './queries'

/** Changes the samples of a filter: made of what the server has at that moment, so that another's are not lost. */
export function useChangeSamples(filter: string) {
  const queryClient = useQueryClient()
  return useCallback(
    async (change: (items: Sample[]) => Sample[]) => {
      const query = samplesQuery(filter)
      const before = await queryClient.fetchQuery({ ...query, staleTime: 0 })
      const after = change([...before])
      await putSamples(filter, after)
      queryClient.setQueryData(query.queryKey, after)
    },
    [filter, queryClient],
  )
}

const same = (a: Sample | undefined, b: Sample) =>
  a !== undefined && a.line === b.line && (a.host ?? null) === (b.host ?? null) && a.note === b.note

/** Where a sample stands now: at its place, unless somebody else has moved it. -1 where it is gone. */
function placeOf(items: readonly Sample[], sample: Sample, index: number): number {
  return same(items[index], sample) ? index : items.findLastIndex((item) => same(item, sample))
}

export function without(items: readonly Sample[], sample: Sample, index: number): Sample[] {
  const place = placeOf(items, sample, index)
  return items.filter((_, at) => at !== place)
}

/** The samples with one changed; one that somebody else took away comes back. */
export function withChanged(items: readonly Sample[], before: Sample, index: number, after: Sample): Sample[] {
  const place = placeOf(items, before, index)
  return place === -1 ? [...items, after] : items.map((item, at) => (at === place ? after : item))
}

/** Keeps a sample, or takes one away, by one click; both can be undone. */
export function useSampleDeeds(filter: string) {
  const { t } = useLingui()
  const change = useChangeSamples(filter)
  const tell = useProblemToast(useConfigProblemTitle())
  const name = visible(filter)
  return {
    async keep(sample: Sample) {
      try {
        await change((items) => [...items, sample])
        const undo = () => void change((items) => without(items, sample, items.length - 1)).catch(tell)
        toast({ text: t`Kept as a sample of ${name}.`, undo })
      } catch (error) {
        tell(error)
      }
    },
    async remove(sample: Sample, index: number) {
      try {
        await change((items) => without(items, sample, index))
        toast({
          text: t`The sample was removed.`,
          undo: () => void change((items) => [...items.slice(0, index), sample, ...items.slice(index)]).catch(tell),
        })
      } catch (error) {
        tell(error)
      }
    },
  }
}
