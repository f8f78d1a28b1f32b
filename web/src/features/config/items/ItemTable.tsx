import { Trans, useLingui } from '@lingui/react/macro'
import { memo } from 'react'
import { Button } from '@/components/Button'
import { Table, Td, Th, ThActions, Tr } from '@/components/Table'
import { HostileText } from '@/components/Text'
import { visible } from '@/lib/hostile'
import { ItemBadges } from '../ItemBadges'
import { ItemLink } from '../ItemLink'
import type { ListedKind } from '../kinds'
import { sayFinding, useWords } from '../translated/words'
import type { ItemSummary } from '../types'

type ItemTableProps = {
  label: string
  items: readonly ItemSummary[]
  kind: ListedKind
  /** Without it nothing can be enabled. */
  onEnable: ((jail: string) => void) | undefined
}

export function ItemTable({ label, items, kind, onEnable }: ItemTableProps) {
  return (
    <Table label={label}>
      <thead>
        <Tr>
          <Th>
            <Trans>Name</Trans>
          </Th>
          <Th>
            <Trans>State</Trans>
          </Th>
          <Th>{kind === 'jail' ? <Trans>Filter</Trans> : <Trans>Used by</Trans>}</Th>
          {kind === 'jail' ? <ThActions /> : null}
        </Tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <ItemRow key={item.id.name} item={item} onEnable={onEnable} />
        ))}
      </tbody>
    </Table>
  )
}

/** How many names of jails a row shows. */
const SHOWN_USERS = 4

const ItemRow = memo(function ItemRow({ item, onEnable }: { item: ItemSummary; onEnable: ItemTableProps['onEnable'] }) {
  const { t } = useLingui()
  const { id, badges, filter, usedBy, problem, state } = item
  const jail = id.kind === 'jail'
  return (
    <Tr>
      <Td className="max-w-96">
        <ItemLink id={id} className="font-medium break-words text-accent hover:underline max-sm:text-lg" />
      </Td>
      <Td label={t`State`}>
        <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <ItemBadges badges={badges} />
          {jail && badges.includes('active') && state === 'stopped' ? (
            <span className="text-sm text-warning">
              <Trans>not running</Trans>
            </span>
          ) : null}
          {problem ? <Broken problem={problem} /> : null}
        </span>
      </Td>
      {jail ? (
        <Td label={t`Filter`}>
          {filter ? (
            <ItemLink id={{ kind: 'filter', name: filter }} className="text-sm hover:text-accent hover:underline" />
          ) : (
            <span className="text-muted">–</span>
          )}
        </Td>
      ) : (
        <Td label={t`Used by`}>
          <UsedBy jails={usedBy} />
        </Td>
      )}
      {jail ? (
        <Td className="text-right">
          {badges.includes('inactive') && onEnable ? (
            <Button size="sm" aria-label={t`Enable ${visible(id.name)}`} onClick={() => onEnable(id.name)}>
              <Trans>Enable…</Trans>
            </Button>
          ) : null}
        </Td>
      ) : null}
    </Tr>
  )
})

/** Why fail2ban cannot load it, in a line or two; the item's page tells more. */
function Broken({ problem }: { problem: NonNullable<ItemSummary['problem']> }) {
  const { words, loading } = useWords()
  if (loading) return null
  const { text, lang } = sayFinding(words, problem)
  return (
    <span
      lang={lang}
      title={visible(problem.detail)}
      className="line-clamp-2 max-w-prose text-sm break-words text-danger"
    >
      <HostileText text={text} />
    </span>
  )
}

function UsedBy({ jails }: { jails: readonly string[] }) {
  if (jails.length === 0) return <span className="text-muted">–</span>
  const more = jails.length - SHOWN_USERS
  return (
    <span className="flex flex-wrap gap-x-2 text-sm">
      {jails.slice(0, SHOWN_USERS).map((name) => (
        <ItemLink key={name} id={{ kind: 'jail', name }} className="hover:text-accent hover:underline" />
      ))}
      {more > 0 ? (
        <span className="text-muted" title={jails.slice(SHOWN_USERS).map(visible).join(', ')}>
          <Trans>and {more} more</Trans>
        </span>
      ) : null}
    </span>
  )
}
