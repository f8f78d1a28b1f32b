// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be virtual without losing its layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the button in the row takes the focus.

import { Trans, useLingui } from '@lingui/react/macro'
import { memo, type ReactNode } from 'react'
import type { Schemas } from '@/api/client'
import { AddressLink } from '@/components/AddressLink'
import { Badge, type Tone } from '@/components/Badge'
import { Country } from '@/components/Country'
import { Icon } from '@/components/Icon'
import { Duration, HostileText, Num, Time } from '@/components/Text'
import { useEventNames, useNetworkName, useOriginNames } from '@/features/filters/words'
import { cx } from '@/lib/cx'
import { visible } from '@/lib/hostile'
import { EventLines } from './EventLines'
import { useCauseNames } from './words'

type Event = Schemas['EventBody']

/** Cells side by side; where the list is narrow a card: what and when, whom, where. */
export const GRID =
  'grid items-center gap-x-2 grid-cols-[2rem_7.25rem_minmax(0,1fr)_auto] @2xl:grid-cols-[2rem_9.5rem_5.5rem_minmax(11rem,1.6fr)_minmax(6rem,1fr)_minmax(8rem,1.6fr)_minmax(7rem,1.2fr)]'

const TONES: Record<Schemas['EventName'], Tone> = { ban: 'danger', unban: 'good', restored: 'neutral' }

export type EventRowProps = {
  event: Event
  index: number
  open: boolean
  fresh: boolean
  onToggle: (id: string) => void
}

/** One event; opened, it tells all that is known of it. */
export const EventRow = memo(function EventRow({ event, index, open, fresh, onToggle }: EventRowProps) {
  const { t } = useLingui()
  const kinds = useEventNames()
  const subject = visible(event.subject)
  const kind = kinds[event.event]
  return (
    <>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the button in it has the keys. */}
      <div
        role="row"
        aria-rowindex={index + 2}
        className={cx(
          GRID,
          'min-h-row cursor-pointer border-b pr-2 pl-1 hover:bg-hover @max-2xl:gap-y-1 @max-2xl:py-1.5',
          open && 'bg-raised',
          fresh && 'fresh',
        )}
        onClick={(click) => {
          const target = click.target as HTMLElement
          if (!target.closest('a, button') && window.getSelection()?.isCollapsed !== false) onToggle(event.id)
        }}
      >
        <Cell className="@max-2xl:row-span-2 @max-2xl:self-start">
          <button
            type="button"
            data-event={index}
            aria-expanded={open}
            aria-label={t`Details of ${kind} ${subject}`}
            className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-raised hover:text-fg"
            onClick={() => onToggle(event.id)}
          >
            <Icon name={open ? 'chevronDown' : 'chevronRight'} />
          </button>
        </Cell>
        <Cell className="truncate text-sm text-muted @max-2xl:col-start-4 @max-2xl:row-start-1">
          <Time at={event.at} />
        </Cell>
        <Cell className="@max-2xl:col-start-2 @max-2xl:row-start-1">
          <Badge tone={TONES[event.event]}>{kind}</Badge>
        </Cell>
        <Cell className="flex min-w-0 items-center gap-2 @max-2xl:col-start-3 @max-2xl:row-start-1">
          <AddressLink subject={event.subject} className="truncate" />
        </Cell>
        <Cell className="truncate @max-2xl:col-start-2 @max-2xl:row-start-2 @max-2xl:text-sm">
          <HostileText text={event.jail} />
        </Cell>
        <Cell className="min-w-0 truncate text-sm @max-2xl:col-span-2 @max-2xl:col-start-3 @max-2xl:row-start-2">
          <Place event={event} />
        </Cell>
        <Cell className="truncate text-sm text-muted @max-2xl:hidden">
          <Why event={event} />
        </Cell>
      </div>
      {open ? (
        <div role="row" className="border-b bg-raised">
          <div role="cell" className="flex flex-col gap-3 px-3 py-3 @2xl:pl-10">
            <Facts event={event} />
            {event.event === 'unban' ? null : <EventLines id={event.id} subject={event.subject} />}
          </div>
        </div>
      ) : null}
    </>
  )
})

function Cell({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <div role="cell" className={className}>
      {children}
    </div>
  )
}

function Place({ event }: { event: Event }) {
  const network = useNetworkName()
  if (!event.country && !event.asn) return <span className="text-muted">–</span>
  return (
    <span className="inline-flex max-w-full items-baseline gap-1.5">
      <Country code={event.country} short />
      {event.asn ? (
        <span className="truncate text-muted">
          <HostileText text={network(event.asn, event.networkName)} />
        </span>
      ) : null}
    </span>
  )
}

/** In a word: how a ban came, why it ended. */
function Why({ event }: { event: Event }) {
  const origins = useOriginNames()
  const causes = useCauseNames()
  if (event.event === 'unban') return causes[event.cause ?? 'unknown']
  return (
    <>
      {origins[event.origin]}
      {event.bantimeSeconds || event.permanent ? (
        <>
          {', '}
          <Duration seconds={event.permanent ? -1 : event.bantimeSeconds} />
        </>
      ) : null}
    </>
  )
}

function Facts({ event }: { event: Event }) {
  const origins = useOriginNames()
  const causes = useCauseNames()
  const network = useNetworkName()
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm @2xl:grid-cols-[repeat(3,auto_minmax(0,1fr))] [&>dt]:text-muted">
      <dt>
        <Trans>At</Trans>
      </dt>
      <dd>
        <Time at={event.at} absolute />
      </dd>
      {event.event === 'unban' ? (
        <>
          <dt>
            <Trans>Ended because</Trans>
          </dt>
          <dd>{causes[event.cause ?? 'unknown']}</dd>
        </>
      ) : (
        <>
          <dt>
            <Trans>Origin</Trans>
          </dt>
          <dd>{origins[event.origin]}</dd>
          <dt>
            <Trans>Ban time</Trans>
          </dt>
          <dd>
            <Duration seconds={event.permanent ? -1 : event.bantimeSeconds} />
          </dd>
          <dt>
            <Trans>Until</Trans>
          </dt>
          <dd>
            <Time at={event.until} absolute />
          </dd>
          <dt>
            <Trans>Failures</Trans>
          </dt>
          <dd>
            <Num value={event.failures} />
          </dd>
          <dt>
            <Trans>Bans so far</Trans>
          </dt>
          <dd>
            <Num value={event.banCount} />
          </dd>
        </>
      )}
      {event.actor ? (
        <>
          <dt>
            <Trans>By</Trans>
          </dt>
          <dd>
            <HostileText text={event.actor} />
          </dd>
        </>
      ) : null}
      <dt>
        <Trans>Country</Trans>
      </dt>
      <dd className="min-w-0">
        <Country code={event.country} />
      </dd>
      <dt>
        <Trans>Network</Trans>
      </dt>
      <dd className="break-words">
        <HostileText text={network(event.asn, event.networkName)} />
      </dd>
    </dl>
  )
}
