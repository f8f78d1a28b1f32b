import { Trans, useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Schemas } from '@/api/client'
import { AddressLink } from '@/components/AddressLink'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { Table, Td, Th, ThActions, Tr } from '@/components/Table'
import { HostileText, Num } from '@/components/Text'
import { Why } from '@/features/blocking/Why'
import { visible } from '@/lib/hostile'
import { useMay } from '@/shell/session'
import { type Drift, inOrder, isJailWrong, type JailDrift, type OwnDrift, type Repair } from './drift'

type DriftTableProps = { drift: Drift; onRepair: (repair: Repair) => void }

/** Jail by jail, and for BanGUI's own table: what is banned and not blocked, and the other way round. */
export function DriftTable({ drift, onRepair }: DriftTableProps) {
  const { t } = useLingui()
  const admin = useMay('admin')
  return (
    <>
      <Table label={t`What is banned, and what is blocked`}>
        <thead>
          <Tr>
            <Th>{t`Bans of`}</Th>
            <Th>{t`State`}</Th>
            <Th num>{t`Banned`}</Th>
            <Th>{t`Banned and not blocked`}</Th>
            <Th>{t`Blocked and not banned`}</Th>
            {admin ? <ThActions /> : null}
          </Tr>
        </thead>
        <tbody>
          {drift.own ? <OwnRow own={drift.own} onRepair={admin ? onRepair : undefined} /> : null}
          {inOrder(drift.jails).map((jail) => (
            <JailRow key={jail.jail} jail={jail} onRepair={admin ? onRepair : undefined} />
          ))}
        </tbody>
      </Table>
      {drift.ownProblem ? (
        <NotCompared title={<Trans>BanGUI’s own table could not be compared:</Trans>} why={drift.ownProblem} />
      ) : null}
      {drift.jailsProblem ? (
        <NotCompared title={<Trans>The jails could not be compared:</Trans>} why={drift.jailsProblem} />
      ) : drift.jails.length === 0 ? (
        <p className="border-t px-3 py-2 text-sm text-muted">
          <Trans>No jails were looked at: fail2ban ran none.</Trans>
        </p>
      ) : null}
    </>
  )
}

/** A half of which nothing is known, which hides nothing of the other one. */
function NotCompared({ title, why }: { title: ReactNode; why: Schemas['Why'] }) {
  return (
    <p role="status" className="border-t px-3 py-2 text-sm">
      <Badge tone="warning">
        <Trans>cannot be told</Trans>
      </Badge>{' '}
      {title} <Why why={why} className="text-muted" />
    </p>
  )
}

type RowProps = { onRepair: ((repair: Repair) => void) | undefined }

function JailRow({ jail, onRepair }: RowProps & { jail: JailDrift }) {
  const { t } = useLingui()
  const wrong = isJailWrong(jail)
  const name = visible(jail.jail)
  return (
    <Tr>
      <Td className="py-1">
        <span className="flex min-w-0 flex-col">
          <Link
            to="/jails/$jail"
            params={{ jail: jail.jail }}
            className="font-medium hover:text-accent hover:underline"
          >
            <HostileText text={jail.jail} />
          </Link>
          {jail.backing ? (
            <code className="font-mono text-xs wrap-anywhere text-muted">
              <HostileText text={jail.backing} />
            </code>
          ) : null}
        </span>
      </Td>
      <Td label={t`State`} className="py-1">
        <span className="flex flex-wrap items-center gap-x-2">
          {wrong ? (
            <Badge tone="danger">{t`differs`}</Badge>
          ) : jail.unsure.length > 0 ? (
            <Badge tone="warning">{t`cannot be told`}</Badge>
          ) : jail.backing ? (
            <Badge tone="good">{t`right`}</Badge>
          ) : (
            <Badge>{t`not by the firewall`}</Badge>
          )}
          {jail.unsure.map((doubt) => (
            <Why key={doubt.text} why={doubt} className="text-sm text-muted" />
          ))}
        </span>
      </Td>
      <Td label={t`Banned`} num>
        <Num value={jail.banned} />
      </Td>
      <Td label={t`Banned and not blocked`}>
        <Addresses count={jail.missingCount} first={jail.missing} />
      </Td>
      <Td label={t`Blocked and not banned`}>
        <Addresses count={jail.excessCount} first={jail.excess} />
      </Td>
      {onRepair ? (
        <Td className="text-right">
          {wrong ? (
            <RepairButton label={t`Repair ${name}`} onClick={() => onRepair({ jails: [jail.jail], own: false })} />
          ) : null}
        </Td>
      ) : null}
    </Tr>
  )
}

function OwnRow({ own, onRepair }: RowProps & { own: OwnDrift }) {
  const { t } = useLingui()
  return (
    <Tr>
      <Td className="py-1 font-medium">{t`BanGUI’s own table`}</Td>
      <Td label={t`State`} className="py-1">
        <span className="flex flex-wrap items-center gap-x-2">
          {own.isRight ? <Badge tone="good">{t`right`}</Badge> : <Badge tone="danger">{t`differs`}</Badge>}
          {own.faults.map((fault) => (
            <Why key={fault.text} why={fault} className="text-sm" />
          ))}
        </span>
      </Td>
      <Td label={t`Banned`} num>
        –
      </Td>
      <Td label={t`Banned and not blocked`}>
        <Addresses count={own.missingCount} first={own.missing} />
      </Td>
      <Td label={t`Blocked and not banned`}>
        <Addresses count={own.excessCount} first={own.excess} />
      </Td>
      {onRepair ? (
        <Td className="text-right">
          {own.isRight ? null : (
            <RepairButton label={t`Repair BanGUI’s own table`} onClick={() => onRepair({ jails: [], own: true })} />
          )}
        </Td>
      ) : null}
    </Tr>
  )
}

function RepairButton({ label, onClick }: { label: string; onClick: () => void }): ReactNode {
  return (
    <Button size="sm" aria-label={label} onClick={onClick}>
      <Trans>Repair…</Trans>
    </Button>
  )
}

/** How many, and which; folded away until somebody wants to know. */
function Addresses({ count, first }: { count: number; first: readonly string[] }) {
  if (count === 0) return <span className="text-muted">0</span>
  const more = <Num value={count - first.length} />
  return (
    <details className="min-w-0">
      <summary>
        <Num value={count} />
      </summary>
      <ul className="flex flex-wrap gap-x-3 pb-1">
        {first.map((subject) => (
          <li key={subject}>
            <AddressLink subject={subject} />
          </li>
        ))}
        {count > first.length ? (
          <li className="text-sm text-muted">
            <Trans>and {more} more</Trans>
          </li>
        ) : null}
      </ul>
    </details>
  )
}
