import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { keys } from '@/api/queries'
import { useProblemToast } from '@/components/problem-toast'
import { toast } from '@/components/toasts'
import { useBlockingTitle } from '@/features/blocking/problem-titles'
import { visible } from '@/lib/hostile'
import { banOwn, endOwn, type OwnBan, ordersOf } from './requests'

const UNDO_SECONDS = 8

type OwnDeeds = {
  /** Ends bans, and offers to make them anew for the time that was left. */
  end: (bans: readonly OwnBan[]) => Promise<void>
  /** Tells of bans that were made, and offers to end them. */
  tellMade: (made: readonly OwnBan[]) => void
  /** Keys of bans that are being ended. */
  ending: ReadonlySet<number>
}

/** What can be done with bans that have no jail; each deed can be taken back for a moment. */
export function useOwnDeeds(): OwnDeeds {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  const tell = useProblemToast(useBlockingTitle())
  const [ending, setEnding] = useState<ReadonlySet<number>>(new Set())

  function wordsOf(bans: readonly OwnBan[]): string {
    const [first] = bans
    const count = bans.length
    return first && count === 1 ? visible(first.target) : t`${plural(count, { one: '# target', other: '# targets' })}`
  }

  /** Something that may fail, after which the page asks what is true now. */
  async function attempt(deed: () => Promise<void>) {
    try {
      await deed()
    } catch (error) {
      tell(error)
    } finally {
      await Promise.all(
        [keys.ownBans, keys.firewall, keys.history].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
      )
    }
  }

  const banAgain = (ended: readonly OwnBan[]) =>
    attempt(async () => {
      const what = wordsOf(ended)
      for (const order of ordersOf(ended, Date.now())) await banOwn(order)
      toast({ text: t`Banned again: ${what}`, tone: 'info' })
    })

  const takeBack = (made: readonly OwnBan[]) =>
    attempt(async () => {
      const what = wordsOf(made)
      await endOwn(made.map(({ id }) => id))
      toast({ text: t`Unbanned again: ${what}`, tone: 'info' })
    })

  async function end(bans: readonly OwnBan[]) {
    const ids = new Set(bans.map(({ id }) => id))
    setEnding((before) => new Set([...before, ...ids]))
    await attempt(async () => {
      const ended = await endOwn([...ids])
      const what = wordsOf(ended)
      toast({ text: t`Unbanned: ${what}`, seconds: UNDO_SECONDS, undo: () => void banAgain(ended) })
    })
    setEnding((before) => new Set([...before].filter((id) => !ids.has(id))))
  }

  function tellMade(made: readonly OwnBan[]) {
    const what = wordsOf(made)
    toast({ text: t`Banned without a jail: ${what}`, seconds: UNDO_SECONDS, undo: () => void takeBack(made) })
  }

  return { end, tellMade, ending }
}
