import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useState } from 'react'
import { ApiProblem, api, body, type Schemas } from '@/api/client'
import { keys, POLL_MS } from '@/api/queries'
import { Button } from '@/components/Button'
import { Country } from '@/components/Country'
import { EmptyState } from '@/components/EmptyState'
import { PageHeader, Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { scroller } from '@/components/page-scroll'
import { SkeletonRows } from '@/components/Skeleton'
import { CopyButton, HostileText } from '@/components/Text'
import { BanButton } from '@/features/bans/BanButton'
import { hitText } from '@/features/bans/ban-words'
import { A_DAY } from '@/features/blocking/expiry'
import { useNetworkName } from '@/features/filters/words'
import { EventList } from '@/features/history/EventList'
import { useHistory } from '@/features/history/use-history'
import { useLive } from '@/features/live/use-live'
import { withTexts } from '@/i18n/i18n'
import { visible } from '@/lib/hostile'
import { addressRoute } from '@/routes/address'
import { useMay } from '@/shell/session'
import { BanTimes } from './BanTimes'
import { FirewallCard } from './FirewallCard'
import { InJails } from './InJails'
import { Lookups } from './Lookups'
import { useScopeNames } from './words'

const AllowDialog = lazy(withTexts(() => import('@/features/allowlist/AllowDialog'), 'allowlist'))

type AddressBody = Schemas['AddressBody']

/** Slower than the list of bans: what changes here is told live, and a time that runs out is drawn by the clock. */
const REFRESH_MS = 5 * POLL_MS
const AT_TOP = 4
const atTop = () => (scroller()?.scrollTop ?? 0) < AT_TOP

/** All that is known of one address or network. */
export function AddressPage() {
  const { subject } = addressRoute.useParams()
  const shown = visible(subject)
  const detail = useQuery({
    queryKey: [...keys.history, 'address', subject],
    queryFn: async ({ signal }) =>
      body(await api.GET('/api/v1/addresses/{ip}', { params: { path: { ip: subject } }, signal })),
    refetchInterval: REFRESH_MS,
  })
  useLive('history', (told) => {
    if (told.some((event) => event.subject === subject)) void detail.refetch()
  })
  const known = detail.data
  return (
    <>
      <PageHeader
        title={shown}
        heading={
          <span className="group/address inline-flex items-center gap-1 font-mono">
            <HostileText text={subject} />
            <CopyButton text={subject} />
          </span>
        }
        actions={
          known?.kind === 'other' ? null : (
            <>
              <AllowButton subject={subject} />
              <BanButton text={subject} />
            </>
          )
        }
      />
      {detail.error ? (
        <ProblemNote problem={ApiProblem.from(detail.error)} onRetry={() => void detail.refetch()} />
      ) : null}
      {known ? <Known known={known} /> : detail.error ? null : <SkeletonRows rows={6} />}
      <Timeline key={subject} subject={subject} />
    </>
  )
}

/** Lets it through for a while: on the allowlist, with an end. */
function AllowButton({ subject }: { subject: string }) {
  const operator = useMay('operator')
  const [open, setOpen] = useState(false)
  if (!operator) return null
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Trans>Allow for a while…</Trans>
      </Button>
      {open ? (
        <Suspense>
          <AllowDialog entry={null} subject={subject} expiry={A_DAY} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  )
}

function Known({ known }: { known: AddressBody }) {
  const { i18n } = useLingui()
  return (
    <>
      <Facts known={known} />
      {known.guard.length > 0 ? (
        <p role="note" className="rounded-md border border-warning bg-warning-soft px-3 py-2 text-sm">
          <Trans>BanGUI guards against banning it.</Trans>{' '}
          {known.guard.map((hit) => hitText(i18n, hit, known.subject)).join(' ')}
        </p>
      ) : null}
      {known.kind === 'address' ? <FirewallCard key={`firewall ${known.subject}`} address={known.subject} /> : null}
      <InJails known={known} />
      {known.banTimes.length > 0 ? <BanTimes times={known.banTimes} /> : null}
      {known.kind === 'address' && known.scope === 'public' ? (
        <Lookups key={known.subject} subject={known.subject} />
      ) : null}
    </>
  )
}

function Facts({ known }: { known: AddressBody }) {
  const network = useNetworkName()
  const scopes = useScopeNames()
  const bans = known.jails.reduce((sum, jail) => sum + jail.bans, 0)
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
      {known.country ? <Country code={known.country} /> : null}
      {known.asn ? <HostileText text={network(known.asn, known.networkName)} /> : null}
      {known.scope && known.scope !== 'public' ? <span>{scopes[known.scope]}</span> : null}
      <span>
        <Plural value={bans} one="# ban so far" other="# bans so far" />
      </span>
    </p>
  )
}

/** What happened to it over all jails; the rows open to the lines that led to a ban. */
function Timeline({ subject }: { subject: string }) {
  const { t } = useLingui()
  const { order } = addressRoute.useSearch()
  const navigate = addressRoute.useNavigate()
  const turn = () => navigate({ search: { order: order === 'asc' ? undefined : 'asc' }, replace: true })
  const { list, events } = useHistory({ address: subject, order }, atTop)
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = list
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage])
  if (list.error) {
    // What is no address stands in no history: the page has said so already.
    if (!events) return null
  }
  return (
    <Panel title={t`Timeline`}>
      {events === undefined ? (
        <SkeletonRows rows={8} />
      ) : events.length === 0 ? (
        <EmptyState title={t`Nothing is known of it`}>
          {t`It was never banned while BanGUI listened, and fail2ban has nothing written down.`}
        </EmptyState>
      ) : (
        <EventList
          events={events}
          oldestFirst={order === 'asc'}
          onOrder={() => void turn()}
          more={hasNextPage && !isFetchingNextPage && !isFetchNextPageError ? more : undefined}
          loading={isFetchingNextPage}
        />
      )}
    </Panel>
  )
}
