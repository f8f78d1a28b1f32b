import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '@/components/Button'
import { Icon } from '@/components/Icon'
import { AnchoredMenu, type MenuItem } from '@/components/Menu'
import { type Sort, Table, Td, Th, ThActions, Tr } from '@/components/Table'
import { HostileText, Num, Time, TimeLeft } from '@/components/Text'
import { AddressCount } from '@/features/blocking/Big'
import { visible } from '@/lib/hostile'
import type { BlocklistSort } from '@/routes/blocklists'
import { useMay } from '@/shell/session'
import { ListBadges } from './ListBadges'
import type { List } from './lists'
import { Outcome, RunWords } from './RunWords'
import { TargetWords } from './TargetWords'
import type { ListDeeds } from './use-list-deeds'

/** Between cards and a table that has room for all, the least of the columns give way. */
const LEAST = 'sm:max-md:hidden'

type ListTableProps = {
  lists: readonly List[]
  packets: ReadonlyMap<number, number> | undefined
  sort: Sort<BlocklistSort>
  onSort: (sort: Sort<BlocklistSort>) => void
  deeds: ListDeeds
  onEdit: (list: List) => void
}

export function ListTable({ lists, packets, sort, onSort, deeds, onEdit }: ListTableProps) {
  const { t } = useLingui()
  const admin = useMay('admin')
  const [menu, setMenu] = useState<{ list: List; anchor: HTMLElement } | null>(null)
  const head = { sort, onSort }
  return (
    <>
      <Table label={t`Blocklists`}>
        <thead>
          <Tr>
            <Th {...head} sortKey="name">{t`Name`}</Th>
            <Th>{t`State`}</Th>
            <Th className={LEAST}>{t`Carried out by`}</Th>
            <Th {...head} sortKey="networks" num>{t`Networks`}</Th>
            <Th num className={LEAST}>{t`Addresses`}</Th>
            <Th {...head} sortKey="blocked" num>{t`Blocked packets`}</Th>
            <Th {...head} sortKey="last" first="desc">{t`Last import`}</Th>
            <Th className={LEAST}>{t`Next in`}</Th>
            {admin ? <ThActions /> : null}
          </Tr>
        </thead>
        <tbody>
          {lists.map((list) => (
            <Tr key={list.id}>
              <Td className="max-w-72">
                <Link
                  to="/blocklists/$id"
                  params={{ id: String(list.id) }}
                  className="min-w-0 truncate font-medium hover:text-accent hover:underline"
                >
                  <HostileText text={list.name} />
                </Link>
              </Td>
              <Td label={t`State`}>
                <ListBadges list={list} />
              </Td>
              <Td label={t`Carried out by`} className={LEAST}>
                <TargetWords list={list} />
              </Td>
              <Td label={t`Networks`} num>
                <Num value={list.copy?.networks} />
              </Td>
              <Td label={t`Addresses`} num className={LEAST}>
                {list.copy?.addresses ? <AddressCount addresses={list.copy.addresses} /> : '–'}
              </Td>
              <Td label={t`Blocked packets`} num>
                {packets ? <Num value={packets.get(list.id) ?? 0} /> : '–'}
              </Td>
              <Td label={t`Last import`} className="py-1">
                <Last list={list} />
              </Td>
              <Td label={t`Next in`} className={LEAST}>
                {list.enabled && list.nextAt ? <TimeLeft until={list.nextAt} /> : '–'}
              </Td>
              {admin ? (
                <Td className="text-right">
                  <Button
                    tone="ghost"
                    size="sm"
                    square
                    aria-label={t`Actions for ${visible(list.name)}`}
                    aria-haspopup="menu"
                    onClick={(event) => setMenu({ list, anchor: event.currentTarget })}
                  >
                    <Icon name="more" />
                  </Button>
                </Td>
              ) : null}
            </Tr>
          ))}
        </tbody>
      </Table>
      {menu ? <ListMenu {...menu} deeds={deeds} onEdit={onEdit} onClose={() => setMenu(null)} /> : null}
    </>
  )
}

function Last({ list }: { list: List }) {
  const { last } = list
  if (!last) return <span className="text-muted">–</span>
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5">
      <Outcome run={last} />
      <Time at={last.beganAt} />
      <span className="text-sm text-muted">
        <RunWords run={last} />
      </span>
    </span>
  )
}

type ListMenuProps = {
  list: List
  anchor: HTMLElement
  deeds: ListDeeds
  onEdit: (list: List) => void
  onClose: () => void
}

function ListMenu({ list, anchor, deeds, onEdit, onClose }: ListMenuProps) {
  const { t } = useLingui()
  const items: MenuItem[] = [
    {
      label: t`Import now`,
      icon: 'refresh',
      disabled: list.importing,
      onSelect: () => deeds.order('import', list),
    },
    { label: t`Edit…`, icon: 'settings', onSelect: () => onEdit(list) },
    'separator',
    { label: t`Delete…`, icon: 'close', danger: true, onSelect: () => deeds.askDelete(list) },
  ]
  return <AnchoredMenu label={t`Actions for ${visible(list.name)}`} items={items} anchor={anchor} onClose={onClose} />
}
