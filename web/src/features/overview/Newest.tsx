import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useRef } from 'react'
import type { Schemas } from '@/api/client'
import { AddressLink } from '@/components/AddressLink'
import { Button } from '@/components/Button'
import { Country } from '@/components/Country'
import { Icon } from '@/components/Icon'
import { Table, Td, Th, Tr } from '@/components/Table'
import { HostileText, Time } from '@/components/Text'
import type { StatsSearch } from '@/features/filters/search'
import { useOriginNames } from '@/features/filters/words'
import { Quiet, Section } from './Section'
import { NEWEST, useNewest } from './use-newest'

/** The newest bans as they happen, in as many rows as ever: a new one moves nothing but the rows. */
export function Newest({ query }: { query: StatsSearch }) {
  const { t } = useLingui()
  const { result, paused, waiting, pause, goOn } = useNewest(query)
  const rows = NEWEST + 1
  return (
    <Section
      title={<Trans>Newest bans</Trans>}
      query={result}
      rows={rows}
      actions={
        paused ? (
          <Button size="sm" onClick={goOn}>
            <Icon name="play" />
            {waiting > 0 ? <Plural value={waiting} one="Go on (# new)" other="Go on (# new)" /> : <Trans>Go on</Trans>}
          </Button>
        ) : (
          <Button size="sm" tone="ghost" onClick={pause} disabled={result.data === undefined}>
            <Icon name="pause" />
            <Trans>Pause</Trans>
          </Button>
        )
      }
    >
      {(events) =>
        events.length === 0 ? (
          <Quiet rows={rows}>
            <Trans>No bans in this time. New ones appear here by themselves.</Trans>
          </Quiet>
        ) : (
          <div style={{ minHeight: `calc(var(--row) * ${rows})` }}>
            <Table label={t`Newest bans`}>
              <thead>
                <Tr>
                  <Th>
                    <Trans>Address</Trans>
                  </Th>
                  <Th>
                    <Trans>Jail</Trans>
                  </Th>
                  <Th>
                    <Trans>Origin</Trans>
                  </Th>
                  <Th num>
                    <Trans>When</Trans>
                  </Th>
                </Tr>
              </thead>
              <tbody>
                <Rows events={events} />
              </tbody>
            </Table>
          </div>
        )
      }
    </Section>
  )
}

function Rows({ events }: { events: Schemas['EventBody'][] }) {
  const { t } = useLingui()
  const origins = useOriginNames()
  // Those that were there first do not draw the eye.
  const first = useRef(new Set(events.map(({ id }) => id)))
  return events.map((event) => (
    <Tr key={event.id} className={first.current.has(event.id) ? undefined : 'fresh'}>
      <Td>
        <span className="inline-flex items-center gap-2">
          <AddressLink subject={event.subject} className="break-all" />
          {event.country ? <Country code={event.country} short /> : null}
        </span>
      </Td>
      <Td label={t`Jail`}>
        <HostileText text={event.jail} />
      </Td>
      <Td label={t`Origin`} className="max-sm:hidden">
        {origins[event.origin]}
      </Td>
      <Td num label={t`When`}>
        <Time at={event.at} />
      </Td>
    </Tr>
  ))
}
