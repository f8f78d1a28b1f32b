import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { ApiProblem, api, body, type Schemas } from '@/api/client'
import { keys } from '@/api/queries'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/Dialog'
import { PageHeader, Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { SkeletonRows } from '@/components/Skeleton'
import { Table, Td, Th, ThActions, Tr } from '@/components/Table'
import { Address, HostileText, Time, TimeLeft } from '@/components/Text'
import { toast } from '@/components/toasts'
import { useSignOut } from '@/shell/session'
import { browserOf } from './browser'
import { sessionsQuery } from './queries'

const PasswordDialog = lazy(() => import('./PasswordDialog'))

type Asked = { what: 'one'; session: Schemas['SessionBody'] } | { what: 'others' } | { what: 'all' } | null

/** Where one is signed in, and the ways to end it. */
export function SessionsPage() {
  const { t } = useLingui()
  const { data, error, refetch } = useQuery(sessionsQuery)
  const [asked, setAsked] = useState<Asked>(null)
  const [changing, setChanging] = useState(false)
  const others = data?.items.filter((session) => !session.current).length ?? 0
  return (
    <>
      <PageHeader
        title={t`Sessions`}
        actions={
          <>
            <Button onClick={() => setChanging(true)}>
              <Trans>Change password…</Trans>
            </Button>
            <Button disabled={others === 0} onClick={() => setAsked({ what: 'others' })}>
              <Trans>Sign out the others…</Trans>
            </Button>
            <Button onClick={() => setAsked({ what: 'all' })}>
              <Trans>Sign out everywhere…</Trans>
            </Button>
          </>
        }
      />
      {error ? <ProblemNote problem={ApiProblem.from(error)} onRetry={() => void refetch()} /> : null}
      {error && !data ? null : (
        <Panel>
          {data ? (
            <SessionTable items={data.items} onEnd={(session) => setAsked({ what: 'one', session })} />
          ) : (
            <SkeletonRows rows={3} />
          )}
        </Panel>
      )}
      <EndDialogs asked={asked} others={others} onClose={() => setAsked(null)} />
      <Suspense>{changing ? <PasswordDialog onClose={() => setChanging(false)} /> : null}</Suspense>
    </>
  )
}

type SessionTableProps = { items: Schemas['SessionBody'][]; onEnd: (session: Schemas['SessionBody']) => void }

function SessionTable({ items, onEnd }: SessionTableProps) {
  const { t } = useLingui()
  // The own one first, then those used last.
  const sorted = [...items].sort(
    (a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt.localeCompare(a.lastSeenAt),
  )
  return (
    <Table label={t`Sessions`}>
      <thead>
        <Tr>
          <Th>{t`Browser`}</Th>
          <Th>{t`Address`}</Th>
          <Th>{t`Signed in`}</Th>
          <Th>{t`Last used`}</Th>
          <Th>{t`Ends if unused in`}</Th>
          <Th>{t`Ends at the latest in`}</Th>
          <ThActions />
        </Tr>
      </thead>
      <tbody>
        {sorted.map((session) => (
          <Tr key={session.id}>
            <Td label={t`Browser`}>
              <span className="inline-flex flex-wrap items-center gap-2" title={session.userAgent ?? undefined}>
                {session.userAgent ? <HostileText text={browserOf(session.userAgent)} /> : t`unknown`}
                {session.current ? <Badge tone="accent">{t`this one`}</Badge> : null}
              </span>
            </Td>
            <Td label={t`Address`}>{session.address ? <Address value={session.address} /> : '–'}</Td>
            <Td label={t`Signed in`}>
              <Time at={session.createdAt} />
            </Td>
            <Td label={t`Last used`}>
              <Time at={session.lastSeenAt} />
            </Td>
            <Td label={t`Ends if unused in`}>
              <TimeLeft until={session.idleExpiresAt} />
            </Td>
            <Td label={t`Ends at the latest in`}>
              <TimeLeft until={session.expiresAt} />
            </Td>
            <Td className="text-right">
              {session.current ? null : (
                <Button size="sm" onClick={() => onEnd(session)}>
                  <Trans>End…</Trans>
                </Button>
              )}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  )
}

function EndDialogs({ asked, others, onClose }: { asked: Asked; others: number; onClose: () => void }) {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  const signOut = useSignOut()
  const again = () => queryClient.invalidateQueries({ queryKey: keys.sessions })
  async function endOne(id: string) {
    await api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } })
    await again()
    toast({ text: t`The session has ended.` })
  }
  async function endOthers() {
    const { revoked } = body(await api.DELETE('/api/v1/sessions', { params: { query: { keepCurrent: true } } }))
    await again()
    toast({ text: t`Other sessions ended: ${revoked}` })
  }
  const one = asked?.what === 'one' ? asked.session : null
  return (
    <>
      <ConfirmDialog
        open={one !== null}
        onClose={onClose}
        title={t`End session`}
        verb={t`End session`}
        danger
        onConfirm={() => endOne(one?.id ?? '')}
      >
        {one ? (
          <Trans>
            <HostileText text={browserOf(one.userAgent ?? t`unknown`)} /> at{' '}
            <Address value={one.address ?? '–'} copy={false} /> is signed out at once.
          </Trans>
        ) : null}
      </ConfirmDialog>
      <ConfirmDialog
        open={asked?.what === 'others'}
        onClose={onClose}
        title={t`Sign out the others`}
        verb={t`Sign out the others`}
        danger
        onConfirm={endOthers}
      >
        <Trans>Every session but this one is signed out at once: {others}.</Trans>
      </ConfirmDialog>
      <ConfirmDialog
        open={asked?.what === 'all'}
        onClose={onClose}
        title={t`Sign out everywhere`}
        verb={t`Sign out everywhere`}
        danger
        onConfirm={() => signOut(true)}
      >
        <Trans>Every session ends, this one too. Each browser has to sign in again.</Trans>
      </ConfirmDialog>
    </>
  )
}
