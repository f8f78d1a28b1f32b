import { msg, plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { ErrorBoundary } from '@/components/ErrorBoundary'
import { useProblemTitle } from '@/components/ProblemNote'
import { toastProblem } from '@/components/problem-toast'
import { closeToast, toast } from '@/components/toasts'
import { withTexts } from '@/i18n/i18n'
import { visible } from '@/lib/hostile'
import { useHotkeys } from '@/shell/hotkeys'
import { useOwnHindrance } from './acting'
import { useJobs } from './jobs'
import { closeBanDialog, openBanDialog, useBanDraft } from './open-ban-dialog'
import { connectUnbans, sendBatch, UNDO_MS, type UnbanNews, undoLastUnban, undoUnban } from './pending-unbans'

// Toasts of unbans need the texts too, but only pages that have brought them can begin an unban.
const BanDialog = lazy(withTexts(() => import('./BanDialog'), 'bans', 'blocking'))
const JobProgress = lazy(
  withTexts(() => import('./JobProgress').then((module) => ({ default: module.JobProgress })), 'bans'),
)

/** Stands once in the shell: the ban dialog over any page, unbans that can be undone, and jobs that run on. */
export function BansDock() {
  const draft = useBanDraft()
  const jobs = useJobs()
  const hindrance = useOwnHindrance()
  useHotkeys({ b: () => hindrance === undefined && openBanDialog() })
  useUnbanToasts()
  useUndoKey()
  // What somebody was writing is not for whoever signs in next.
  useEffect(() => closeBanDialog, [])
  return (
    <>
      {jobs.length > 0 && draft === null ? (
        <div className="flex shrink-0 flex-col gap-3 border-t bg-surface px-3 py-2">
          <Suspense>
            {jobs.map((followed) => (
              <JobProgress key={followed.job.id} followed={followed} />
            ))}
          </Suspense>
        </div>
      ) : null}
      {draft ? (
        <ErrorBoundary>
          <Suspense>
            <BanDialog draft={draft} onClose={closeBanDialog} />
          </Suspense>
        </ErrorBoundary>
      ) : null}
    </>
  )
}

/** Says what will be unbanned and counts down, and what came of it. */
function useUnbanToasts() {
  const { i18n } = useLingui()
  const queryClient = useQueryClient()
  const title = useProblemTitle()
  const shown = useRef(new Map<number, number>())
  const words = useRef({ i18n, title, queryClient })
  words.current = { i18n, title, queryClient }
  useEffect(() => connectUnbans(queryClient, (news) => tell(news, shown.current, words.current)), [queryClient])
}

type Words = Pick<ReturnType<typeof useLingui>, 'i18n'> & {
  title: ReturnType<typeof useProblemTitle>
  queryClient: QueryClient
}

function tell(news: UnbanNews, shown: Map<number, number>, { i18n, title, queryClient }: Words): void {
  if (news.kind === 'waiting') {
    const { id, targets, dueAt } = news.batch
    const before = shown.get(id)
    // Forgotten first: closing a toast sends its batch at once.
    shown.delete(id)
    if (before !== undefined) closeToast(before)
    const [first] = targets
    const subject = visible(first?.subject ?? '')
    const jail = visible(first?.jail ?? '')
    const count = targets.length
    const text =
      count > 1
        ? i18n._(msg`Unbanning ${plural(count, { one: '# address', other: '# addresses' })}`)
        : first?.jail
          ? i18n._(msg`Unbanning ${subject} in ${jail}`)
          : i18n._(msg`Unbanning ${subject} in all jails`)
    const made = toast({
      key: `unban ${id} ${count}`,
      tone: 'info',
      text,
      seconds: Math.max(1, Math.min(UNDO_MS, dueAt - Date.now()) / 1_000),
      undo: () => undoUnban(id),
      onExpire: () => {
        if (shown.get(id) === made) void sendBatch(id)
      },
    })
    shown.set(id, made)
  } else if (news.kind === 'left') {
    const made = shown.get(news.id)
    shown.delete(news.id)
    if (made !== undefined) closeToast(made)
  } else if (news.kind === 'done') {
    const { unbanned, still, asked } = news
    const text = i18n._(msg`${plural(unbanned, { one: '# ban ended.', other: '# bans ended.' })}`)
    if (still > 0) {
      toast({
        tone: 'danger',
        text: unbanned > 0 ? text : i18n._(msg`Nothing was unbanned.`),
        detail: i18n._(
          msg`${plural(still, { one: '# is banned still, see the list.', other: '# are banned still, see the list.' })}`,
        ),
      })
    } else if (unbanned === 0) {
      toast({ tone: 'info', text: i18n._(msg`Nothing to unban: fail2ban did not list it any more.`) })
    } else {
      toast({ text, detail: unbanned < asked ? i18n._(msg`The others had ended already.`) : undefined })
    }
  } else {
    const { problem } = news
    void toastProblem(queryClient, i18n, problem, i18n._(msg`Not unbanned: ${title(problem)}`))
  }
}

/** Ctrl Z takes back the last unban while it waits; in a text field it belongs to the text. */
function useUndoKey() {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      const { target } = event
      if (target instanceof HTMLElement && target.closest('input:not([type=checkbox]), textarea, select')) return
      if (undoLastUnban()) event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}
