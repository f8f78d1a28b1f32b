import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { type ClipboardEvent, type ReactNode, useState } from 'react'
import type { ApiProblem, Schemas } from '@/api/client'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { Field, Textarea } from '@/components/Field'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { Duration, HostileText, Num } from '@/components/Text'
import { BlockingProblem } from '@/features/blocking/BlockingProblem'
import { Hits, LeftOut, OwnAddress } from './BanWarnings'
import { isNetwork } from './ban-words'
import { CheckList } from './CheckList'
import { countTargets } from './count-targets'
import { FileDrop } from './FileDrop'
import { appended } from './list-file'
import { Covered } from './own/Covered'
import type { BanCheck, CheckLine } from './use-ban-check'
import { ReasonField, type Where, WhereFields } from './WhereFields'

/** Characters from which on a pasted text is put in as a whole. */
const LONG_PASTE = 8_000

type BanFormProps = {
  onClose: () => void
  text: string
  onText: (text: string) => void
  where: Where
  onWhere: (to: Partial<Where>) => void
  /** How long a ban without a jail would last: `null` for ever, `undefined` for what cannot be meant. */
  seconds: number | null | undefined
  /** The most targets that can be banned there at once. */
  most: number
  jails: readonly Schemas['JailSummaryBody'][] | undefined
  check: BanCheck
  own: readonly CheckLine[]
  yes: boolean
  onYes: (on: boolean) => void
  targets: readonly string[]
  busy: boolean
  /** Why the firewall cannot be used, where that is needed. */
  unusable: Schemas['Why'] | null
  /** Why nobody can be banned there at the moment. */
  reason: string | undefined
  problem: ApiProblem | null
  onBan: () => Promise<void>
}

/** What is to be banned and where, with what would come of it. */
export function BanForm(props: BanFormProps) {
  const { text, onText, where, most, check, targets, busy, problem, reason } = props
  const [refusedPaste, setRefusedPaste] = useState<string | null>(null)
  const place = where.kind === 'own' ? props.seconds !== undefined : where.jail !== ''
  const ready = reason === undefined && place && targets.length > 0 && !check.pending && !check.problem
  function onPaste(event: ClipboardEvent<HTMLTextAreaElement>) {
    const pasted = event.clipboardData.getData('text/plain')
    const { selectionStart, selectionEnd } = event.currentTarget
    const next = text.slice(0, selectionStart) + pasted + text.slice(selectionEnd)
    if (pasted.length < LONG_PASTE) return
    // Browsers insert a long text line by line, for tens of seconds; as a new value it takes a moment.
    event.preventDefault()
    takeAsAWhole(next)
  }
  function takeAsAWhole(next: string) {
    // A hundred thousand lines would hold the field up, for nothing: they cannot be banned at once.
    if (countTargets(next, most).cutAt !== null) setRefusedPaste(next)
    else {
      setRefusedPaste(null)
      onText(next)
    }
  }
  function takeFirst(from: string) {
    const { cutAt } = countTargets(from, most)
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
            <Verb targets={targets} where={where} seconds={props.seconds} />
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
        <WhereFields
          where={where}
          onWhere={props.onWhere}
          jails={props.jails}
          unusable={props.unusable}
          disabled={busy}
        />
        <div className="grid gap-3 sm:grid-cols-2">
          <FileDrop disabled={busy} onLines={(lines) => takeAsAWhole(appended(text, lines))}>
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
          </FileDrop>
          <div className="flex min-w-0 flex-col gap-1">
            <p className="text-sm font-medium" aria-hidden="true">
              <Trans>What would happen</Trans>
            </p>
            <Checked check={check} tooLong={tooLong !== null} />
          </div>
        </div>
        {tooLong !== null ? <TooLong most={most} own={where.kind === 'own'} onTake={() => takeFirst(tooLong)} /> : null}
        <ReasonField where={where} onWhere={props.onWhere} disabled={busy} />
        <ByNetwork targets={targets} where={where} onWhere={props.onWhere} />
        <Covered
          targets={check.lines.flatMap((line) => (line.target && line.outcome !== 'duplicate' ? line.target : []))}
        />
        <OwnAddress own={props.own} yes={props.yes} onYes={props.onYes} />
        <LeftOut check={check} />
        {problem ? (
          <>
            <BlockingProblem error={problem} />
            <Hits problem={problem} />
          </>
        ) : check.problem ? (
          <ProblemNote problem={check.problem} />
        ) : null}
      </form>
    </Dialog>
  )
}

/** The verb says what will be done, and where or for how long. */
function Verb({ targets, where, seconds }: Pick<BanFormProps, 'targets' | 'where' | 'seconds'>): ReactNode {
  const networks = targets.filter(isNetwork).length
  const addresses = targets.length - networks
  if (targets.length === 0) return <Trans>Ban</Trans>
  return (
    <span>
      {networks === 0 ? (
        <Plural value={addresses} one="Ban # address" other="Ban # addresses" />
      ) : addresses === 0 ? (
        <Plural value={networks} one="Ban # network" other="Ban # networks" />
      ) : (
        <Both addresses={addresses} networks={networks} />
      )}{' '}
      {where.kind === 'jail' ? (
        where.jail ? (
          <Trans>
            in <HostileText text={where.jail} />
          </Trans>
        ) : null
      ) : seconds === null ? (
        <Trans>for ever</Trans>
      ) : (
        <Trans>
          for <Duration seconds={seconds} />
        </Trans>
      )}
    </span>
  )
}

function Both({ addresses, networks }: { addresses: number; networks: number }) {
  const some = <Plural value={addresses} one="# address" other="# addresses" />
  const others = <Plural value={networks} one="# network" other="# networks" />
  return (
    <Trans>
      Ban {some} and {others}
    </Trans>
  )
}

/** In a jail a network is mostly banned for nothing. */
function ByNetwork({ targets, where, onWhere }: Pick<BanFormProps, 'targets' | 'where' | 'onWhere'>) {
  const { t } = useLingui()
  if (where.kind === 'own' || !targets.some(isNetwork)) return null
  return (
    <Banner
      title={t`fail2ban takes a network, but the actions of most jails cannot block one.`}
      actions={
        <Button size="sm" onClick={() => onWhere({ kind: 'own' })}>
          <Trans>Ban without a jail</Trans>
        </Button>
      }
    >
      <Trans>Without a jail BanGUI blocks it in its own table, for as long as you say.</Trans>
    </Banner>
  )
}

function TooLong({ most, own, onTake }: { most: number; own: boolean; onTake: () => void }) {
  const { t } = useLingui()
  return (
    <Banner
      tone="warning"
      role="alert"
      title={t`That is more than can be banned at once.`}
      actions={
        <Button size="sm" onClick={onTake}>
          <Trans>
            Take the first <Num value={most} />
          </Trans>
        </Button>
      }
    >
      {own ? (
        <Trans>
          At most <Num value={most} /> addresses or networks go in one ban. For longer lists a blocklist is the better
          way.
        </Trans>
      ) : (
        <Trans>
          At most <Num value={most} /> addresses or networks go in one ban. For lists this long a blocklist is the
          better way: fail2ban runs its actions for each single address.
        </Trans>
      )}
    </Banner>
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
