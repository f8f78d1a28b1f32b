import { plural } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem, api, body, LOCAL_HOST, type Schemas } from '@/api/client'
import { jailsQuery, keys } from '@/api/queries'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { toast } from '@/components/toasts'
import { visible } from '@/lib/hostile'
import { BanForm } from './BanForm'
import { type BanDone, BanResult, fromJob, fromReport } from './BanResult'
import { JobProgress } from './JobProgress'
import { type FollowedJob, startJob, useJobs } from './jobs'
import type { BanDraft } from './open-ban-dialog'
import type { Job } from './unban-request'
import { useBanCheck } from './use-ban-check'

/** The jail of the last ban of this page: one mostly bans in the same one again. */
let lastJail: string | undefined

type Phase = { is: 'writing' } | { is: 'sending' } | { is: 'job'; id: string } | { is: 'done'; done: BanDone }

/** Bans one address or a pasted list by hand. */
export default function BanDialog({ draft, onClose }: { draft: BanDraft; onClose: () => void }) {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  const jails = useQuery({ ...jailsQuery, refetchInterval: false }).data?.items
  const [text, setText] = useState(draft.text)
  const [chosenJail, setJail] = useState(draft.jail ?? lastJail ?? '')
  const [confirmed, setConfirmed] = useState<string>('')
  const [phase, setPhase] = useState<Phase>({ is: 'writing' })
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const running = jails?.filter((jail) => jail.state !== 'stopped') ?? []
  const jail = running.some((one) => one.name === chosenJail)
    ? chosenJail
    : running.length === 1
      ? (running[0]?.name ?? '')
      : ''
  const check = useBanCheck(text, jail === '' ? null : jail)
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
    lastJail = jail
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
        done = fromJob(await startJob(answer, 'ban', jail), jail)
      }
      setPhase({ is: 'done', done })
      const { banned } = done.counts
      const shown = visible(jail)
      toast({
        text: t`${plural(banned, { one: '# banned', other: '# banned' })} in ${shown}.`,
        tone: banned > 0 ? 'good' : 'info',
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
      jail={jail}
      onJail={setJail}
      jails={jails}
      check={check}
      own={own}
      yes={yes}
      onYes={(on) => setConfirmed(on ? ownNames : '')}
      targets={targets}
      busy={phase.is === 'sending'}
      problem={problem}
      onBan={ban}
    />
  )
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
