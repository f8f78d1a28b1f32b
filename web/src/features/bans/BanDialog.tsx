import { plural } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ClipboardEvent, type ReactNode, useState } from 'react'
import { ApiProblem, api, body, LOCAL_HOST, type Schemas } from '@/api/client'
import { jailsQuery, keys } from '@/api/queries'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { Field, Select, Textarea } from '@/components/Field'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { HostileText, Num } from '@/components/Text'
import { Checkbox } from '@/components/Toggle'
import { toast } from '@/components/toasts'
import { visible } from '@/lib/hostile'
import { useActing } from './acting'
import { type BanDone, BanResult, fromJob, fromReport } from './BanResult'
import { hitText, isNetwork } from './ban-words'
import { CheckList } from './CheckList'
import { countTargets, MOST_BANS } from './count-targets'
import { JobProgress } from './JobProgress'
import { type FollowedJob, startJob, useJobs } from './jobs'
import type { BanDraft } from './open-ban-dialog'
import type { Job } from './unban-request'
import { type BanCheck, type CheckLine, useBanCheck } from './use-ban-check'

/** Characters from which on a pasted text is put in as a whole. */
const LONG_PASTE = 8_000

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
    <Writing
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

type WritingProps = {
  onClose: () => void
  text: string
  onText: (text: string) => void
  jail: string
  onJail: (jail: string) => void
  jails: readonly Schemas['JailSummaryBody'][] | undefined
  check: BanCheck
  own: readonly CheckLine[]
  yes: boolean
  onYes: (on: boolean) => void
  targets: readonly string[]
  busy: boolean
  problem: ApiProblem | null
  onBan: () => Promise<void>
}

function Writing(props: WritingProps) {
  const { t } = useLingui()
  const { text, onText, jail, jails, check, targets, busy, problem } = props
  const { allowed, reason } = useActing()
  const [refusedPaste, setRefusedPaste] = useState<string | null>(null)
  const ready = allowed && jail !== '' && targets.length > 0 && !check.pending && !check.problem
  function onPaste(event: ClipboardEvent<HTMLTextAreaElement>) {
    const pasted = event.clipboardData.getData('text/plain')
    const { selectionStart, selectionEnd } = event.currentTarget
    const next = text.slice(0, selectionStart) + pasted + text.slice(selectionEnd)
    if (pasted.length < LONG_PASTE) return
    // Browsers insert a long text line by line, for tens of seconds; as a new value it takes a moment.
    event.preventDefault()
    // A hundred thousand lines would hold the field up, for nothing: they cannot be banned at once.
    if (countTargets(next).cutAt !== null) setRefusedPaste(next)
    else {
      setRefusedPaste(null)
      onText(next)
    }
  }
  function takeFirst(from: string) {
    const { cutAt } = countTargets(from)
    onText(cutAt === null ? from : from.slice(0, cutAt))
    setRefusedPaste(null)
  }
  const tooLong = refusedPaste ?? (check.tooMany ? text : null)
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={<Trans>Ban by hand</Trans>}
      size="lg"
      locked={busy}
      footer={
        <>
          {reason ? <p className="mr-auto self-center text-sm text-muted">{reason}</p> : null}
          <Button onClick={props.onClose} disabled={busy}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="danger" busy={busy} disabled={!ready} onClick={() => void props.onBan()}>
            <Verb targets={targets} jail={jail} />
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && ready && !busy) void props.onBan()
        }}
      >
        <JailSelect jails={jails} value={jail} onChange={props.onJail} />
        <div className="grid gap-3 sm:grid-cols-2">
          <Field
            label={<Trans>Addresses and networks</Trans>}
            hint={<Trans>One in each line, or parted by blanks or commas. What follows a # is skipped.</Trans>}
          >
            {(field) => (
              <Textarea
                {...field}
                data-autofocus
                rows={11}
                wrap="off"
                spellCheck={false}
                autoCapitalize="off"
                autoComplete="off"
                className="h-64 resize-y font-mono text-sm"
                placeholder={'192.0.2.7\n198.51.100.0/24\n2001:db8::/64'}
                value={text}
                disabled={busy}
                onPaste={onPaste}
                onChange={(event) => {
                  setRefusedPaste(null)
                  onText(event.target.value)
                }}
              />
            )}
          </Field>
          <div className="flex min-w-0 flex-col gap-1">
            <p className="text-sm font-medium" aria-hidden="true">
              <Trans>What would happen</Trans>
            </p>
            <Checked check={check} tooLong={tooLong !== null} />
          </div>
        </div>
        {tooLong !== null ? (
          <Banner
            tone="warning"
            role="alert"
            title={t`That is more than can be banned at once.`}
            actions={
              <Button size="sm" onClick={() => takeFirst(tooLong)}>
                <Trans>
                  Take the first <Num value={MOST_BANS} />
                </Trans>
              </Button>
            }
          >
            <Trans>
              At most <Num value={MOST_BANS} /> addresses or networks go in one ban. For lists this long a blocklist is
              the better way: fail2ban runs its actions for each single address.
            </Trans>
          </Banner>
        ) : null}
        <OwnAddress own={props.own} yes={props.yes} onYes={props.onYes} />
        <LeftOut check={check} />
        {problem ? (
          <>
            <ProblemNote problem={problem} />
            <Hits problem={problem} />
          </>
        ) : check.problem ? (
          <ProblemNote problem={check.problem} />
        ) : null}
      </form>
    </Dialog>
  )
}

/** The verb says what will be done, and where. */
function Verb({ targets, jail }: { targets: readonly string[]; jail: string }): ReactNode {
  const networks = targets.filter(isNetwork).length
  const addresses = targets.length - networks
  const where = jail ? (
    <Trans>
      in <HostileText text={jail} />
    </Trans>
  ) : null
  if (targets.length === 0) return <Trans>Ban</Trans>
  return (
    <span>
      {networks === 0 ? (
        <Plural value={addresses} one="Ban # address" other="Ban # addresses" />
      ) : addresses === 0 ? (
        <Plural value={networks} one="Ban # network" other="Ban # networks" />
      ) : (
        <>
          <Plural value={addresses} one="Ban # address and" other="Ban # addresses and" />{' '}
          <Plural value={networks} one="# network" other="# networks" />
        </>
      )}{' '}
      {where}
    </span>
  )
}

type JailSelectProps = {
  jails: readonly Schemas['JailSummaryBody'][] | undefined
  value: string
  onChange: (jail: string) => void
}

function JailSelect({ jails, value, onChange }: JailSelectProps) {
  const { t } = useLingui()
  const options = (jails ?? []).map(({ name, state }) => {
    const shown = visible(name)
    return { value: name, label: state === 'stopped' ? t`${shown} (stopped)` : shown, disabled: state === 'stopped' }
  })
  return (
    <Field
      label={<Trans>Jail</Trans>}
      hint={<Trans>Its actions block the address, for as long as its ban time says.</Trans>}
      className="sm:max-w-md"
    >
      {(field) => (
        <Select
          {...field}
          value={value}
          options={[{ value: '', label: jails ? t`Choose a jail…` : t`Loading…` }, ...options]}
          onChange={onChange}
        />
      )}
    </Field>
  )
}

function Checked({ check, tooLong }: { check: BanCheck; tooLong: boolean }) {
  if (check.counts && check.lines.length > 0 && !tooLong) {
    return <CheckList lines={check.lines} counts={check.counts} pending={check.pending} />
  }
  return (
    <div className="h-64 overflow-hidden rounded-md border text-muted">
      {check.pending && !check.problem ? (
        <SkeletonRows rows={8} />
      ) : (
        <p className="px-3 py-2 text-sm">
          <Trans>
            Each line is checked as you write: what it covers, and whether it is banned already or must not be.
          </Trans>
        </p>
      )}
    </div>
  )
}

/** The second yes: it names what would be locked out. */
function OwnAddress({ own, yes, onYes }: { own: readonly CheckLine[]; yes: boolean; onYes: (on: boolean) => void }) {
  const { i18n } = useLingui()
  if (own.length === 0) return null
  const names = own.map((line) => visible(line.target ?? line.text)).join(', ')
  const hits = own.flatMap((line) => line.hits.map((hit) => hitText(i18n, hit, line.target)))
  return (
    <div className="rounded-md border border-l-4 border-l-warning px-3 py-2">
      <Checkbox
        checked={yes}
        onChange={onYes}
        label={
          <Trans>
            Ban <code className="font-mono text-sm font-medium">{names}</code> all the same
          </Trans>
        }
        hint={
          <>
            {[...new Set(hits)].join(' ')}{' '}
            <Trans>
              You may lose this page and every other connection to this machine. Without your yes it is left out.
            </Trans>
          </>
        }
      />
    </div>
  )
}

/** Lines that the button does not count. */
function LeftOut({ check }: { check: BanCheck }) {
  if (!check.counts || check.pending) return null
  const { invalid, duplicate, alreadyBanned, refused } = check.counts
  const left = invalid + duplicate + alreadyBanned + refused
  if (left === 0) return null
  return (
    <p className="text-sm text-muted" role="status">
      <Plural value={left} one="# entry is left out, see the list." other="# entries are left out, see the list." />
    </p>
  )
}

/** Everything was refused: what each target would have hit. */
function Hits({ problem }: { problem: ApiProblem }) {
  const { i18n } = useLingui()
  const hits = problem.problem?.hits ?? []
  if (hits.length === 0) return null
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {hits.slice(0, 20).map((one) => (
        <li key={one.target}>
          <code className="font-mono">
            <HostileText text={one.target} />
          </code>
          : {one.hits.map((hit) => hitText(i18n, hit, one.target)).join(' ')}
        </li>
      ))}
    </ul>
  )
}
