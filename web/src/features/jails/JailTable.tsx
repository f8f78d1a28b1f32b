import { Trans, useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { memo, useCallback, useState } from 'react'
import { Button } from '@/components/Button'
import { Icon } from '@/components/Icon'
import { AnchoredMenu } from '@/components/Menu'
import { type Sort, Table, Td, Th, ThActions, Tr } from '@/components/Table'
import { HostileText, Num } from '@/components/Text'
import { visible } from '@/lib/hostile'
import type { JailSort } from '@/routes/jails'
import type { Jail } from './jail-order'
import { StateBadge } from './StateBadge'
import type { JailControls } from './use-jail-controls'
import type { Verb } from './verbs'

type JailTableProps = {
  jails: readonly Jail[]
  sort: Sort<JailSort>
  onSort: (sort: Sort<JailSort>) => void
  controls: JailControls
  /** Why nothing can be changed; without it the rows have their menu. */
  reason: string | undefined
}

export function JailTable({ jails, sort, onSort, controls, reason }: JailTableProps) {
  const { t } = useLingui()
  const [menu, setMenu] = useState<{ name: string; anchor: HTMLElement } | null>(null)
  const openMenu = useCallback((name: string, anchor: HTMLElement) => {
    setMenu((now) => (now?.name === name ? null : { name, anchor }))
  }, [])
  const chosen = menu && jails.find((jail) => jail.name === menu.name)
  return (
    <>
      <Table label={t`Jails`}>
        <thead>
          <Tr>
            <Th sortKey="name" sort={sort} onSort={onSort}>
              <Trans>Jail</Trans>
            </Th>
            <Th sortKey="state" sort={sort} onSort={onSort}>
              <Trans>State</Trans>
            </Th>
            <Th num sortKey="currentlyFailed" sort={sort} onSort={onSort}>
              <Trans>Failing now</Trans>
            </Th>
            <Th num sortKey="totalFailed" sort={sort} onSort={onSort}>
              <Trans>Failures in all</Trans>
            </Th>
            <Th num sortKey="currentlyBanned" sort={sort} onSort={onSort}>
              <Trans>Banned now</Trans>
            </Th>
            <Th num sortKey="totalBanned" sort={sort} onSort={onSort}>
              <Trans>Bans in all</Trans>
            </Th>
            <ThActions />
          </Tr>
        </thead>
        <tbody>
          {jails.map((jail) => (
            <JailRow
              key={jail.name}
              jail={jail}
              doing={controls.doing(jail.name)}
              reason={reason}
              open={menu?.name === jail.name}
              onMenu={openMenu}
            />
          ))}
        </tbody>
      </Table>
      {menu && chosen ? (
        <AnchoredMenu
          label={t`Control ${visible(chosen.name)}`}
          items={controls.items(chosen)}
          anchor={menu.anchor}
          onClose={() => setMenu(null)}
        />
      ) : null}
    </>
  )
}

type JailRowProps = {
  jail: Jail
  doing: Verb | undefined
  reason: string | undefined
  open: boolean
  onMenu: (name: string, anchor: HTMLElement) => void
}

const JailRow = memo(function JailRow({ jail, doing, reason, open, onMenu }: JailRowProps) {
  const { t } = useLingui()
  const { name, state } = jail
  // A jail that does not run has no counters.
  const counters = state === 'stopped' ? null : jail.counters
  return (
    <Tr className="relative">
      <Td className="max-w-96 max-sm:pr-10">
        <Link
          to="/jails/$jail"
          params={{ jail: name }}
          className="font-medium break-words text-accent hover:underline max-sm:text-lg"
        >
          <HostileText text={name} />
        </Link>
      </Td>
      <Td label={t`State`}>
        <StateBadge state={state} doing={doing} />
      </Td>
      <Td num label={t`Failing now`}>
        <Num value={counters?.currentlyFailed} />
      </Td>
      <Td num label={t`Failures in all`}>
        <Num value={counters?.totalFailed} />
      </Td>
      <Td num label={t`Banned now`}>
        {counters && counters.currentlyBanned > 0 ? (
          <Link
            to="/bans"
            search={{ jail: [name] }}
            className="text-accent hover:underline"
            aria-label={t`${counters.currentlyBanned} banned in ${visible(name)}: show them`}
          >
            <Num value={counters.currentlyBanned} />
          </Link>
        ) : (
          <Num value={counters?.currentlyBanned} />
        )}
      </Td>
      <Td num label={t`Bans in all`}>
        <Num value={counters?.totalBanned} />
      </Td>
      <Td className="max-sm:absolute max-sm:top-1.5 max-sm:right-1.5">
        <Button
          tone="ghost"
          size="sm"
          square
          aria-label={t`Control ${visible(name)}`}
          aria-haspopup="menu"
          aria-expanded={open}
          title={reason}
          disabled={reason !== undefined || doing !== undefined}
          onClick={(event) => onMenu(name, event.currentTarget)}
        >
          <Icon name="more" />
        </Button>
      </Td>
    </Tr>
  )
})
