import { plural } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem, api, body, LOCAL_HOST, type Schemas } from '@/api/client'
import { jailsQuery, keys } from '@/api/queries'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { toast } from '@/components/toasts'
import { A_DAY, secondsOf } from '@/features/blocking/expiry'
import { firewallQuery } from '@/features/blocking/queries'
import { visible } from '@/lib/hostile'
import { useZone } from '@/lib/zone'
import { useActing, useHindrance, useOwnActing } from './acting'
import { BanForm } from './BanForm'
import { type BanDone, BanResult, fromJob, fromReport } from './BanResult'
import { isNetwork } from './ban-words'
import { MOST_BANS } from './count-targets'
import { JobProgress } from './JobProgress'
import { type FollowedJob, startJob, useJobs } from './jobs'
import type { BanDraft } from './open-ban-dialog'
import { banOwn, MOST_OWN } from './own/requests'
import { useOwnDeeds } from './own/use-own-deeds'
import { withoutTooWide } from './own/width'
import { UNDO_MS, unbanNow } from './pending-unbans'
import type { Job } from './unban-request'
import { useBanCheck } from './use-ban-check'
import type { Where } from './WhereFields'

/** Where and for how long this page has banned last: one mostly does so again. */
let last: Pick<Where, 'kind' | 'jail' | 'expiry'> = { kind: 'jail', jail: '', expiry: A_DAY }

type Phase = { is: 'writing' } | { is: 'sending' } | { is: 'job'; id: string } | { is: 'done'; done: BanDone }

/** Bans one address or a pasted list by hand. */
export default function BanDialog({ draft, onClose }: { draft: BanDraft; onClose: () => void }) {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  const jails = useQuery({ ...jailsQuery, refetchInterval: false }).data?.items
  const zone = useZone()
  const down = useHindrance() === 'down'
  const inJails = useActing()
  const withoutJail = useOwnActing()
  const deeds = useOwnDeeds()
  const [text, setText] = useState(draft.text)
  const [chosen, setChosen] = useState<Where>(() => ({ ...last, ...startOf(draft, down), reason: draft.reason ?? '' }))
  const [confirmed, setConfirmed] = useState<string>('')
  const [phase, setPhase] = useState<Phase>({ is: 'writing' })
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const running = jails?.filter((jail) => jail.state !== 'stopped') ?? []
  const jail = running.some((one) => one.name === chosen.jail)
    ? chosen.jail
    : running.length === 1
      ? (running[0]?.name ?? '')
      : ''
  const where = { ...chosen, jail }
  const without = where.kind === 'own'
  const firewall = useQuery({ ...firewallQuery, refetchInterval: false, enabled: without }).data
  const unusable = without ? (firewall?.unusable ?? null) : null
  const most = without ? MOST_OWN : MOST_BANS
  const seconds = secondsOf(where.expiry, zone, Date.now())
  const checked = useBanCheck(text, without || jail === '' ? null : jail, most)
  const check = without
    ? withoutTooWide(checked, t`A network may be as wide as a /8, or a /19 of IPv6: a wider one is a slip of the hand.`)
    : checked
  const own = check.lines.filter((line) => line.outcome === 'needsConfirmation')
  const ownNames = own.map((line) => line.target).join(' ')
  const yes = ownNames !== '' && confirmed === ownNames
  const targets = check.lines.flatMap((line) =>
    line.target && (line.outcome === 'ok' || (yes && line.outcome === 'needsConfirmation')) ? [line.target] : [],
  )
  const followed = useJobs().find((one) => phase.is === 'job' && one.job.id === phase.id)

  async function ban() {
    setPhase({ is: 'sending' })
    setProblem(null)
    last = where
    if (without) return banWithout()
    try {
      const answer = body<Schemas['BanReportBody'] | Job>(
        await api.POST('/api/v1/hosts/{host}/bans', {
          params: { path: { host: LOCAL_HOST } },
          body: { jail, targets, confirmOwnAddress: yes },
        }),
      )
      let done: BanDone
      if ('results' in answer) done = fromReport(answer, jail)
      else {
        setPhase({ is: 'job', id: answer.id })
        done = fromJob(await startJob(answer, 'ban', jail), jail, targets)
      }
      setPhase({ is: 'done', done })
      const { banned } = done.counts
      const shown = visible(jail)
      toast({
        text: t`${plural(banned, { one: '# banned', other: '# banned' })} in ${shown}.`,
        tone: banned > 0 ? 'good' : 'info',
        ...(done.banned.length > 0 ? { seconds: UNDO_MS / 1_000, undo: () => takeBack(done) } : {}),
      })
    } catch (error) {
      setProblem(ApiProblem.from(error))
      setPhase({ is: 'writing' })
    }
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: keys.bans }),
      queryClient.invalidateQueries({ queryKey: keys.status }),
      queryClient.invalidateQueries({ queryKey: keys.jails }),
    ])
  }
  async function banWithout() {
    try {
      const made = await banOwn({ targets: [...targets], seconds, reason: where.reason.trim(), confirmOwnAddress: yes })
      deeds.tellMade(made)
      onClose()
    } catch (error) {
      setProblem(ApiProblem.from(error))
      setPhase({ is: 'writing' })
    }
    await Promise.all(
      [keys.ownBans, keys.firewall, keys.history].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
    )
  }
  function takeBack({ banned, jail }: BanDone) {
    unbanNow(banned.map((subject) => ({ host: LOCAL_HOST, subject, jail })))
  }
  function again() {
    setText('')
    setConfirmed('')
    setPhase({ is: 'writing' })
  }

  if (phase.is === 'job' || phase.is === 'done') {
    return (
      <Dialog
        open
        onClose={onClose}
        title={phase.is === 'job' ? <Trans>Banning…</Trans> : <Trans>Banned</Trans>}
        footer={
          phase.is === 'job' ? (
            <Button onClick={onClose}>
              <Trans>Go on in the background</Trans>
            </Button>
          ) : (
            <>
              {phase.is === 'done' && phase.done.banned.length > 0 ? (
                <Button
                  className="mr-auto"
                  onClick={() => {
                    takeBack(phase.done)
                    onClose()
                  }}
                >
                  <Trans>Undo all of it</Trans>
                </Button>
              ) : null}
              <Button onClick={again}>
                <Trans>Ban more</Trans>
              </Button>
              <Button tone="primary" data-autofocus onClick={onClose}>
                <Trans>Close</Trans>
              </Button>
            </>
          )
        }
      >
        {phase.is === 'done' ? <BanResult done={phase.done} /> : followed ? <Following followed={followed} /> : null}
      </Dialog>
    )
  }
  return (
    <BanForm
      onClose={onClose}
      text={text}
      onText={setText}
      where={where}
      onWhere={(to) => setChosen((before) => ({ ...before, ...to }))}
      seconds={seconds}
      most={most}
      jails={jails}
      check={check}
      own={own}
      yes={yes}
      onYes={(on) => setConfirmed(on ? ownNames : '')}
      targets={targets}
      busy={phase.is === 'sending'}
      reason={
        without ? (withoutJail.reason ?? (unusable ? t`The firewall cannot be used.` : undefined)) : inJails.reason
      }
      unusable={unusable}
      problem={problem}
      onBan={ban}
    />
  )
}

/** Where a ban begins to be written: a network, or one while fail2ban is down, goes without a jail. */
function startOf(draft: BanDraft, down: boolean): Partial<Where> {
  if (draft.where) return { kind: draft.where }
  if (down) return { kind: 'own' }
  if (draft.jail) return { kind: 'jail', jail: draft.jail }
  return isNetwork(draft.text) ? { kind: 'own' } : {}
}

function Following({ followed }: { followed: FollowedJob }) {
  return (
    <div className="flex flex-col gap-3">
      <JobProgress followed={followed} />
      <p className="text-sm text-muted">
        <Trans>
          fail2ban runs the actions of each ban one after the other, in small lots, so that it goes on answering.
        </Trans>
      </p>
    </div>
  )
}
