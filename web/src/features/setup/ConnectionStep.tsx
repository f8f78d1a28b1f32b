import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ApiProblem, type Schemas } from '@/api/client'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { DaemonRemedy } from '@/components/DaemonRemedy'
import { daemonReason } from '@/components/daemon-reasons'
import { Input } from '@/components/Field'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { HostileText } from '@/components/Text'
import { connectionsQuery, testConnection } from './queries'
import { StepFrame, type StepProps } from './StepFrame'

/** Where fail2ban is: the usual places are tried all the time, another can be named. */
export function ConnectionStep({ draft, change, onNext, onBack }: StepProps) {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(connectionsQuery(draft.token))
  const [path, setPath] = useState('')
  const [own, setOwn] = useState<Schemas['ConnectionTestBody'] | null>(null)
  const [testing, setTesting] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const items = data?.items ?? []
  const shown = own && !items.some((item) => item.socket === own.socket) ? [...items, own] : items
  const reachable = shown.some((item) => item.daemon.state === 'up')
  const chosen = draft.socket === null ? null : shown.find((item) => item.socket === draft.socket)

  async function test() {
    setTesting(true)
    setProblem(null)
    try {
      const result = await testConnection(draft.token, path.trim())
      setOwn(result)
      change({ socket: result.socket })
    } catch (failed) {
      setProblem(ApiProblem.from(failed))
    } finally {
      setTesting(false)
    }
  }

  return (
    <StepFrame
      title={<Trans>Where is fail2ban?</Trans>}
      intro={<Trans>BanGUI speaks to it through its socket. These places are tried every few seconds.</Trans>}
      onBack={onBack}
      onSubmit={onNext}
      verb={chosen && chosen.daemon.state !== 'up' ? <Trans>Continue without a connection</Trans> : undefined}
    >
      {error ? <ProblemNote problem={ApiProblem.from(error)} onRetry={() => void refetch()} /> : null}
      <fieldset className="overflow-clip rounded-md border">
        <legend className="sr-only">
          <Trans>Socket of fail2ban</Trans>
        </legend>
        {!data && !error ? <SkeletonRows rows={2} /> : null}
        {shown.map((item) => (
          <Choice
            key={item.socket}
            chosen={draft.socket === item.socket}
            onChoose={() => change({ socket: item.socket })}
          >
            <Connection item={item} />
          </Choice>
        ))}
        <Choice chosen={draft.socket === null} onChoose={() => change({ socket: null })}>
          <span className="font-medium">
            <Trans>Decide later</Trans>
          </span>
          <span className="block text-sm text-muted">
            <Trans>BanGUI uses the place of its configuration and waits until fail2ban is there.</Trans>
          </span>
        </Choice>
      </fieldset>
      <div className="flex items-end gap-2">
        <label className="flex min-w-0 flex-1 flex-col gap-1">
          <span className="text-sm font-medium">
            <Trans>Another path</Trans>
          </span>
          <Input
            className="font-mono"
            placeholder="/run/fail2ban/fail2ban.sock"
            autoComplete="off"
            spellCheck={false}
            value={path}
            onChange={(event) => setPath(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              // Enter in this field tries the path; it must not leave the step.
              event.preventDefault()
              if (path.trim() !== '') void test()
            }}
          />
        </label>
        <Button busy={testing} disabled={path.trim() === ''} onClick={test}>
          {testing ? <Trans>Trying…</Trans> : <Trans>Try</Trans>}
        </Button>
      </div>
      {problem ? <ProblemNote problem={problem} /> : null}
      <p role="status" className="sr-only">
        {reachable ? t`fail2ban was found.` : data ? t`fail2ban was not found yet.` : ''}
      </p>
    </StepFrame>
  )
}

function Choice({ chosen, onChoose, children }: { chosen: boolean; onChoose: () => void; children: ReactNode }) {
  return (
    <label className="flex cursor-pointer items-start gap-2.5 border-b px-3 py-2 last:border-0 hover:bg-hover has-checked:bg-accent-soft">
      <input type="radio" name="socket" className="mt-0.5 shrink-0" checked={chosen} onChange={onChoose} />
      <span className="min-w-0 flex-1">{children}</span>
    </label>
  )
}

function Connection({ item }: { item: Schemas['ConnectionTestBody'] }) {
  const { i18n, t } = useLingui()
  const { daemon, jails } = item
  return (
    <>
      <span className="flex flex-wrap items-center gap-2">
        <code className="min-w-0 font-mono text-sm break-all">
          <HostileText text={item.socket} />
        </code>
        {daemon.state === 'up' ? (
          <Badge tone="good">{daemon.version ? t`answers, ${daemon.version}` : t`answers`}</Badge>
        ) : (
          <Badge tone="danger">{t`does not answer`}</Badge>
        )}
        {item.inUse ? <Badge>{t`of the configuration`}</Badge> : null}
      </span>
      {daemon.state === 'up' ? (
        <span className="block text-sm text-muted">
          <Plural value={jails.length} _0="No jails are running" one="# jail runs" other="# jails run" />
          {jails.length > 0 ? ': ' : ''}
          <HostileText text={jails.slice(0, 8).join(', ')} />
          {jails.length > 8 ? ' …' : ''}
        </span>
      ) : (
        <span className="block text-sm text-muted">
          {i18n._(daemonReason(daemon.reason))}{' '}
          {daemon.detail ? (
            <span lang="en">
              <HostileText text={daemon.detail} />
            </span>
          ) : null}
          {daemon.remedy ? (
            <span className="mt-0.5 flex items-start gap-1 text-fg">
              <DaemonRemedy daemon={daemon} copy />
            </span>
          ) : null}
        </span>
      )}
    </>
  )
}
