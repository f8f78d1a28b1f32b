import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { AddressLink } from '@/components/AddressLink'
import { Button } from '@/components/Button'
import { Panel } from '@/components/PageHeader'
import { useRowHeight } from '@/components/row-height'
import { Table, Td, Th, ThActions, Tr } from '@/components/Table'
import { HostileText, Num, Time, TimeLeft } from '@/components/Text'
import { BlockingProblem } from '@/features/blocking/BlockingProblem'
import { ownBansQuery } from '@/features/blocking/queries'
import { visible } from '@/lib/hostile'
import { useOwnActing } from '../acting'
import type { BanFilters } from '../use-ban-list'
import { matchingOwn } from './own-filter'
import type { OwnBan } from './requests'
import { useOwnDeeds } from './use-own-deeds'

/** Rows above fail2ban's list, which is what most come for; fewer where each is a card. */
const FEW = 5
const FEW_CARDS = 2
/** Rows of fail2ban's list that are higher than this are cards, and then so are these. */
const CARD = 40
/** Rows that are added with each press. */
const STEP = 200

type OwnBansProps = {
  filters: Pick<BanFilters, 'search' | 'family' | 'jail'>
  /** All of them instead of the newest few. */
  all: boolean
  onAll: (all: boolean) => void
  onOver: () => void
}

/** Bans of BanGUI's own table that are in force, above fail2ban's. Nothing while there is none. */
export function OwnBans({ filters, all, onAll, onOver }: OwnBansProps) {
  const { data, error, refetch } = useQuery(ownBansQuery)
  const { search, family, jail } = filters
  const items = data?.items
  const bans = useMemo(() => (items ? matchingOwn(items, { search, family }) : []), [items, search, family])
  // Whoever looks at some jails does not look for these.
  if (jail && jail.length > 0) return null
  if (error && !data) return <BlockingProblem error={error} onRetry={() => void refetch()} />
  if (bans.length === 0) return null
  return <Known bans={bans} all={all} onAll={onAll} onOver={onOver} />
}

function Known({ bans, all, onAll, onOver }: Omit<OwnBansProps, 'filters'> & { bans: readonly OwnBan[] }) {
  const { t } = useLingui()
  const { allowed, reason } = useOwnActing()
  const deeds = useOwnDeeds()
  const [most, setMost] = useState(STEP)
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set())
  const few = useRowHeight() > CARD ? FEW_CARDS : FEW
  const shown = bans.slice(0, all ? most : few)
  // What has ended meanwhile, or is filtered or folded away, must not be counted.
  const chosen = (all ? bans : shown).filter(({ id }) => selected.has(id))
  const everyShown = shown.every(({ id }) => selected.has(id))
  const select = (ids: readonly number[], on: boolean) =>
    setSelected((before) => {
      const next = new Set(before)
      for (const id of ids) on ? next.add(id) : next.delete(id)
      return next
    })
  return (
    <Panel
      title={
        <>
          <Trans>Without a jail</Trans>{' '}
          <span className="text-sm font-normal text-muted">
            <Num value={bans.length} />
          </span>
        </>
      }
      actions={
        <>
          {chosen.length > 0 ? (
            <Button
              size="sm"
              tone="primary"
              disabled={!allowed}
              title={reason}
              onClick={() => {
                setSelected(new Set())
                void deeds.end(chosen)
              }}
            >
              <Plural value={chosen.length} one="Unban # selected" other="Unban # selected" />
            </Button>
          ) : null}
          {all && everyShown && chosen.length < bans.length ? (
            <Button
              size="sm"
              tone="ghost"
              disabled={!allowed}
              onClick={() =>
                select(
                  bans.map(({ id }) => id),
                  true,
                )
              }
            >
              <Trans>
                Select all <Num value={bans.length} />
              </Trans>
            </Button>
          ) : null}
          {bans.length > few ? (
            <Button size="sm" onClick={() => onAll(!all)}>
              {all ? <Trans>Show few</Trans> : <Trans>Show all</Trans>}
            </Button>
          ) : null}
          <Button size="sm" tone="ghost" onClick={onOver}>
            <Trans>Those that are over</Trans>
          </Button>
        </>
      }
    >
      <Table label={t`Bans without a jail`}>
        <thead>
          <Tr>
            <Th className="w-0">
              <input
                type="checkbox"
                className="block"
                aria-label={t`Select all that are shown`}
                checked={everyShown}
                disabled={!allowed}
                onChange={(event) =>
                  select(
                    // Off is off for all, also for those further down.
                    (event.target.checked ? shown : bans).map(({ id }) => id),
                    event.target.checked,
                  )
                }
              />
            </Th>
            <Th>{t`Address`}</Th>
            <Th>{t`Why`}</Th>
            <Th>{t`By`}</Th>
            <Th>{t`Since`}</Th>
            <Th>{t`Ends in`}</Th>
            <ThActions />
          </Tr>
        </thead>
        <tbody>
          {shown.map((ban) => (
            <Row
              key={ban.id}
              ban={ban}
              selected={selected.has(ban.id)}
              onSelect={(on) => select([ban.id], on)}
              ending={deeds.ending.has(ban.id)}
              onEnd={() => void deeds.end([ban])}
              reason={reason}
            />
          ))}
        </tbody>
      </Table>
      {all && bans.length > shown.length ? (
        <div className="border-t px-3 py-2">
          <Button size="sm" onClick={() => setMost(most + STEP)}>
            <Trans>Show more</Trans>
          </Button>
        </div>
      ) : null}
    </Panel>
  )
}

type RowProps = {
  ban: OwnBan
  selected: boolean
  onSelect: (on: boolean) => void
  ending: boolean
  onEnd: () => void
  /** Why nothing can be done at the moment. */
  reason: string | undefined
}

function Row({ ban, selected, onSelect, ending, onEnd, reason }: RowProps) {
  const { t } = useLingui()
  const target = visible(ban.target)
  return (
    <Tr>
      <Td className="max-sm:hidden">
        <input
          type="checkbox"
          className="block"
          aria-label={t`Select ${target}`}
          checked={selected}
          disabled={reason !== undefined}
          onChange={(event) => onSelect(event.target.checked)}
        />
      </Td>
      <Td>
        <AddressLink subject={ban.target} className="break-all" />
      </Td>
      <Td label={t`Why`}>
        {ban.reason ? (
          <HostileText text={ban.reason} className="wrap-anywhere" />
        ) : (
          <span className="text-muted">–</span>
        )}
      </Td>
      <Td label={t`By`}>
        <HostileText text={ban.by} />
      </Td>
      <Td label={t`Since`}>
        <Time at={ban.since} />
      </Td>
      <Td label={t`Ends in`}>
        <TimeLeft until={ban.until} permanent={!ban.until} />
      </Td>
      <Td className="text-right">
        <Button
          size="sm"
          busy={ending}
          disabled={reason !== undefined}
          title={reason}
          aria-label={t`Unban ${target}`}
          onClick={onEnd}
        >
          <Trans>Unban</Trans>
        </Button>
      </Td>
    </Tr>
  )
}
