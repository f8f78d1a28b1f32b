import { Trans, useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { HostileText } from '@/components/Text'
import { toast } from '@/components/toasts'
import { useClock } from '@/lib/clock'
import { ConfirmChoice } from './ConfirmChoice'
import { secondsLeft } from './countdown'
import { configKeys } from './queries'
import type { ConfigState } from './types'

type ConfirmBarProps = {
  state: ConfigState | undefined
  /** When the state came, by this browser's clock. */
  askedAt: number
}

/** The countdown of a change that takes itself back unless somebody says that all is well. */
export function ConfirmBar({ state, askedAt }: ConfirmBarProps) {
  const { t } = useLingui()
  useOutcome(state)
  const pending = state?.pending
  return (
    // The region stands always, so that a screen reader hears what appears in it.
    <div role="alert" className="shrink-0">
      {state && pending ? (
        <section
          aria-label={t`A change waits to be confirmed`}
          className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-l-4 border-l-warning bg-warning-soft px-3 py-2 text-fg"
        >
          <Left state={state} askedAt={askedAt} />
          <div className="min-w-0 flex-1 basis-60">
            <p className="font-semibold">
              <Trans>Version {pending.version} is in force. Does all still work?</Trans>
            </p>
            <p className="text-sm">
              {pending.author ? (
                <Trans>
                  Changed by <HostileText text={pending.author} />. It is taken back by itself when the time is over.
                </Trans>
              ) : (
                <Trans>It is taken back by itself when the time is over.</Trans>
              )}{' '}
              <Link to="/config/versions" className="underline">
                <Trans>What was changed</Trans>
              </Link>
            </p>
          </div>
          <ConfirmChoice version={pending.version} />
        </section>
      ) : null}
    </div>
  )
}

function Left({ state, askedAt }: { state: ConfigState; askedAt: number }) {
  const { t } = useLingui()
  const left = useClock((now) => secondsLeft(state, askedAt, now) ?? 0)
  return (
    <span role="timer" aria-live="off" aria-label={t`${left} seconds left`} className="min-w-20 text-center">
      <span className="block text-3xl leading-9 font-semibold text-warning tabular-nums">{left}</span>
      <span className="block text-xs">{left > 0 ? <Trans>seconds left</Trans> : <Trans>being taken back…</Trans>}</span>
    </span>
  )
}

/** Tells what became of a change that waited: the version in force says it, whoever decided. */
function useOutcome(state: ConfigState | undefined) {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  const waited = useRef<number | null>(null)
  useEffect(() => {
    if (!state) return
    const before = waited.current
    waited.current = state.pending?.version ?? null
    if (before === null || state.pending?.version === before) return
    void queryClient.invalidateQueries({ queryKey: configKeys.all })
    if (state.version === before) toast({ text: t`Version ${before} is kept.` })
    else
      toast({ text: t`Version ${before} was taken back: the old files are in force again.`, tone: 'info', seconds: 15 })
  }, [state, t, queryClient])
}
