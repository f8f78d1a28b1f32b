import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { type ClipboardEvent, type ReactNode, useState } from 'react'
import type { ApiProblem, Schemas } from '@/api/client'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { Field, Select, Textarea } from '@/components/Field'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { HostileText, Num } from '@/components/Text'
import { visible } from '@/lib/hostile'
import { useActing } from './acting'
import { Hits, LeftOut, OwnAddress } from './BanWarnings'
import { isNetwork } from './ban-words'
import { CheckList } from './CheckList'
import { countTargets, MOST_BANS } from './count-targets'
import type { BanCheck, CheckLine } from './use-ban-check'

/** Characters from which on a pasted text is put in as a whole. */
const LONG_PASTE = 8_000

type BanFormProps = {
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

/** What is to be banned and where, with what would come of it. */
export function BanForm(props: BanFormProps) {
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
