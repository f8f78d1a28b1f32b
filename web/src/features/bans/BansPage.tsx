import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { jailsQuery } from '@/api/queries'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Icon } from '@/components/Icon'
import { Menu } from '@/components/Menu'
import { PageHeader } from '@/components/PageHeader'
import { Time } from '@/components/Text'
import { bansRoute } from '@/routes/bans'
import { useStatus } from '@/shell/status'
import { useActing } from './acting'
import { BanButton } from './BanButton'
import { BanFilters } from './BanFilters'
import { BanTable } from './BanTable'
import { openBanDialog } from './open-ban-dialog'
import { OwnBans } from './own/OwnBans'
import { OwnBansOver } from './own/OwnBansOver'
import { UnbanAllDialog } from './UnbanAllDialog'
import { type BanFilters as Filters, useBanList } from './use-ban-list'

/** The active bans of all jails. */
export function BansPage() {
  const { t } = useLingui()
  const search = bansRoute.useSearch()
  const navigate = bansRoute.useNavigate()
  const { allowed, reason } = useActing()
  const { status } = useStatus()
  const [clearing, setClearing] = useState(false)
  const filters = useFilters(search)
  const list = useBanList(filters)
  const change = useCallback(
    (to: Partial<Filters>) => void navigate({ search: (before) => ({ ...before, ...to }), replace: true }),
    [navigate],
  )
  const showOwn = (own: typeof search.own) =>
    void navigate({ search: (before) => ({ ...before, own }), resetScroll: false })
  usePrefilled(search.ban, navigate, search.jail)
  const filtered = Boolean(filters.search || filters.jail?.length || filters.family)
  const down = status?.daemon.state === 'down'
  return (
    <>
      <PageHeader
        title={t`Bans`}
        asOf={list.loaded?.asOf}
        actions={
          <>
            <BanButton jail={filters.jail?.length === 1 ? filters.jail[0] : undefined} />
            <Menu
              label={t`More`}
              square
              items={[
                { label: t`Bans without a jail that are over`, onSelect: () => showOwn('over') },
                'separator',
                {
                  label: t`Unban everything…`,
                  danger: true,
                  disabled: !allowed,
                  onSelect: () => setClearing(true),
                },
              ]}
            >
              <Icon name="more" />
            </Menu>
          </>
        }
      />
      {down && list.loaded ? (
        <Banner tone="warning" title={<Trans>This list may be out of date.</Trans>}>
          <Trans>
            It is what fail2ban listed <Time at={list.loaded.asOf} />. Bans in its jails can be set and ended again when
            it is back; without a jail one can ban now.
          </Trans>
        </Banner>
      ) : reason && !down && list.loaded ? (
        <p className="text-sm text-muted">{reason}</p>
      ) : null}
      <BanFilters filters={filters} onChange={change} />
      {search.own === 'over' ? (
        <OwnBansOver onClose={() => showOwn(undefined)} />
      ) : (
        <OwnBans
          filters={filters}
          all={search.own === 'all'}
          onAll={(all) => showOwn(all ? 'all' : undefined)}
          onOver={() => showOwn('over')}
        />
      )}
      <BanTable
        list={list}
        filters={filters}
        onSort={(sort, order) => change({ sort, order })}
        onFilterJail={(jail) => change({ jail: [jail] })}
        empty={
          filtered ? (
            <EmptyState
              title={<Trans>No ban matches.</Trans>}
              action={
                <Button onClick={() => change({ search: undefined, jail: undefined, family: undefined })}>
                  <Trans>Clear filters</Trans>
                </Button>
              }
            >
              <Trans>A network finds the addresses in it, and an address the networks around it.</Trans>
            </EmptyState>
          ) : (
            <NothingBanned />
          )
        }
      />
      <UnbanAllDialog open={clearing} onClose={() => setClearing(false)} />
    </>
  )
}

type Search = ReturnType<typeof bansRoute.useSearch>

function useFilters({ search, jail, family, sort = 'bannedAt', order }: Search): Filters {
  const jails = JSON.stringify(jail ?? [])
  return useMemo(() => {
    const named = JSON.parse(jails) as string[]
    return {
      search,
      jail: named.length > 0 ? named : undefined,
      family,
      sort,
      order: order ?? (sort === 'bannedAt' ? 'desc' : 'asc'),
    }
  }, [search, jails, family, sort, order])
}

/** A link with `?ban=192.0.2.1` opens the dialog with it, once: it leaves the address, so that Back does not open it again. */
function usePrefilled(
  ban: string | undefined,
  navigate: ReturnType<typeof bansRoute.useNavigate>,
  jail: string[] | undefined,
) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the jail is read with the text, a later one is another matter.
  useEffect(() => {
    if (ban === undefined) return
    openBanDialog({ text: ban, jail: jail?.length === 1 ? jail[0] : undefined })
    void navigate({ search: (before) => ({ ...before, ban: undefined }), replace: true, resetScroll: false })
  }, [ban, navigate])
}

function NothingBanned() {
  const running = (useQuery({ ...jailsQuery, refetchInterval: false }).data?.items ?? []).filter(
    (jail) => jail.state === 'running',
  ).length
  return (
    <EmptyState title={<Trans>Nothing is banned at the moment.</Trans>} action={<BanButton />}>
      {running > 0 ? (
        <Trans>fail2ban watches. Whom a jail bans appears here by itself.</Trans>
      ) : (
        <Trans>No jail is running, so nothing will be banned. Start one on the page of the jails.</Trans>
      )}
    </EmptyState>
  )
}
