import { Trans } from '@lingui/react/macro'
import { useCallback, useMemo } from 'react'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { jailRoute } from '@/routes/jail'
import { BanFilters } from '../bans/BanFilters'
import { BanTable } from '../bans/BanTable'
import { type BanFilters as Filters, useBanList } from '../bans/use-ban-list'

/** Whom this jail bans: the list of the bans, bound to one jail. */
export function BannedTab({ jail }: { jail: string }) {
  const { search, family, sort = 'bannedAt', order } = jailRoute.useSearch()
  const navigate = jailRoute.useNavigate()
  const filters = useMemo<Filters>(
    () => ({ search, family, jail: [jail], sort, order: order ?? (sort === 'bannedAt' ? 'desc' : 'asc') }),
    [search, family, jail, sort, order],
  )
  const list = useBanList(filters)
  const change = useCallback(
    ({ jail: _fixed, sort: by, ...rest }: Partial<Filters>) => {
      const next = by === undefined || by === 'jail' ? rest : { ...rest, sort: by }
      void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false })
    },
    [navigate],
  )
  const clear = () =>
    void navigate({ search: (before) => ({ ...before, search: undefined, family: undefined }), replace: true })
  return (
    <div className="flex flex-col gap-3">
      <BanFilters oneJail filters={filters} onChange={change} />
      <BanTable
        oneJail
        list={list}
        filters={filters}
        onSort={(sort, order) => change({ sort, order })}
        empty={
          search || family ? (
            <EmptyState
              title={<Trans>No ban of this jail matches.</Trans>}
              action={
                <Button onClick={clear}>
                  <Trans>Clear filters</Trans>
                </Button>
              }
            />
          ) : (
            <EmptyState title={<Trans>This jail bans nobody at the moment.</Trans>}>
              <Trans>Whom it bans appears here by itself.</Trans>
            </EmptyState>
          )
        }
      />
    </div>
  )
}
