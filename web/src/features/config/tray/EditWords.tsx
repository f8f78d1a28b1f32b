import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { HostileText } from '@/components/Text'
import type { Change } from '../types'

/** The most of a value that is shown in one line. */
const LONGEST = 120

/** A value in one line. */
export function ValueWord({ value }: { value: string | null | undefined }) {
  if (value === null || value === undefined) {
    return (
      <span className="text-muted">
        <Trans>not set</Trans>
      </span>
    )
  }
  if (value === '') {
    return (
      <span className="text-muted">
        <Trans>empty</Trans>
      </span>
    )
  }
  const line = value.replace(/\n/g, ' ⏎ ')
  const cut = line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
  return <HostileText text={cut} className="font-mono text-sm break-all" />
}

/** "maxretry 5 → 3". */
export function FromTo({
  option,
  before,
  after,
}: {
  option: string
  before: string | null | undefined
  after: ReactNode
}) {
  return (
    <>
      <HostileText text={option} className="font-mono text-sm font-medium break-all" />{' '}
      {before === undefined ? null : (
        <>
          <ValueWord value={before} /> <span aria-hidden="true">→</span>
          <span className="sr-only">
            <Trans>becomes</Trans>
          </span>{' '}
        </>
      )}
      {after}
    </>
  )
}

const again = () => (
  <span className="text-muted">
    <Trans>inherited again</Trans>
  </span>
)

/** What a change is, in words, without the item that it is about. */
export function EditWords({ change, before }: { change: Change; before?: string | null }) {
  switch (change.change) {
    case 'set':
      return <FromTo option={change.option} before={before} after={<ValueWord value={change.value} />} />
    case 'reset':
      return <FromTo option={change.option} before={before} after={again()} />
    case 'setDefault':
      return (
        <FromTo
          option={change.option}
          before={before}
          after={(change.value ?? null) === null ? again() : <ValueWord value={change.value} />}
        />
      )
    case 'enable':
      return <Overrides face={<Trans>enabled</Trans>} values={change.overrides ?? {}} />
    case 'disable':
      return <Trans>disabled</Trans>
    case 'createJail':
      return <Overrides face={<Trans>made anew</Trans>} values={change.options} />
    case 'createFile':
      return <Trans>made anew</Trans>
    case 'delete':
      return <Trans>deleted</Trans>
    case 'writeFile':
      return (change.base ?? null) === null ? <Trans>made as text</Trans> : <Trans>edited as text</Trans>
    case 'restore':
      return <Trans>the files of version {change.version} come back</Trans>
  }
}

function Overrides({ face, values }: { face: ReactNode; values: Record<string, string> }) {
  return (
    <>
      {face}
      {Object.entries(values).map(([option, value]) => (
        <span key={option} className="ml-2">
          <HostileText text={option} className="font-mono text-sm" /> = <ValueWord value={value} />
        </span>
      ))}
    </>
  )
}

/** What a change is about, in words. */
export function EditPlace({ change }: { change: Change }) {
  if ('item' in change) return <HostileText text={change.item.name} />
  if ('jail' in change) return <HostileText text={change.jail} />
  if (change.change === 'writeFile') return <HostileText text={change.path} className="font-mono text-sm" />
  if (change.change === 'setDefault') return <Trans>all jails</Trans>
  return <Trans>everything</Trans>
}
