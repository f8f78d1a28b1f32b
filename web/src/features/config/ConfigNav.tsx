import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useRouterState } from '@tanstack/react-router'
import { type ReactNode, useLayoutEffect, useRef } from 'react'
import { Num } from '@/components/Text'
import { cx } from '@/lib/cx'
import type { ConfigSearch } from '@/routes/config'
import { useMay } from '@/shell/session'
import { PATH_PARTS } from './kinds'
import { itemsQuery } from './queries'
import type { ItemKind } from './types'

type Entry = {
  to: '/config' | '/config/defaults' | '/config/server' | '/config/versions'
  search?: ConfigSearch
  label: ReactNode
  count?: number
  current: 'page' | 'true' | undefined
}

/** So much of the entries before the current one stays in sight, to show that there are some. */
const SHOWN_BEFORE = 48

/** The parts of the configuration, on top of each of its pages. */
export function ConfigNav() {
  const { t } = useLingui()
  const operator = useMay('operator')
  const items = useQuery(itemsQuery).data?.items
  const path = useRouterState({ select: (state) => state.location.pathname })
  const kind = useRouterState({ select: (state) => (state.location.search as ConfigSearch).kind ?? 'jail' })
  const at = (end: string): Entry['current'] => (path.endsWith(end) ? 'page' : undefined)
  const count = (wanted: ItemKind) => items?.filter((item) => item.id.kind === wanted).length
  const list = (wanted: 'jail' | 'filter' | 'action', label: ReactNode): Entry => ({
    to: '/config',
    search: { kind: wanted === 'jail' ? undefined : wanted },
    label,
    count: count(wanted),
    current:
      path.endsWith('/config') && kind === wanted
        ? 'page'
        : path.includes(`/config/${PATH_PARTS[wanted]}/`)
          ? 'true'
          : undefined,
  })
  const entries: Entry[] = [
    list('jail', <Trans>Jails</Trans>),
    list('filter', <Trans>Filters</Trans>),
    list('action', <Trans>Actions</Trans>),
    { to: '/config/defaults', label: <Trans>Defaults</Trans>, current: at('/config/defaults') },
    { to: '/config/server', label: <Trans>Daemon</Trans>, current: at('/config/server') },
    ...(operator
      ? [
          {
            to: '/config/versions' as const,
            label: <Trans>Versions</Trans>,
            current: at('/config/versions'),
          },
        ]
      : []),
  ]
  const box = useRef<HTMLElement>(null)
  // The counts, and what only an operator sees, come later and move the rest.
  const place = `${path} ${kind} ${operator} ${items !== undefined}`
  // On a phone the current one may lie beyond the edge. Only the list is moved, never the page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place has another current entry.
  useLayoutEffect(() => {
    const list = box.current
    const current = list?.querySelector<HTMLElement>('[aria-current]')
    if (list && current) list.scrollLeft = current.offsetLeft - list.offsetLeft - SHOWN_BEFORE
  }, [place])
  return (
    <nav ref={box} aria-label={t`Parts of the configuration`} className="flex gap-1 overflow-x-auto border-b">
      {entries.map((entry) => (
        <Link
          key={`${entry.to} ${entry.search?.kind ?? ''}`}
          to={entry.to}
          search={() => entry.search ?? {}}
          // Else the router calls the first one current on every page below it.
          activeOptions={{ exact: true }}
          aria-current={entry.current}
          className={cx(
            '-mb-px inline-flex h-9 shrink-0 items-center gap-1.5 border-b-2 px-2.5',
            entry.current ? 'border-accent font-medium text-fg' : 'border-transparent text-muted hover:text-fg',
          )}
        >
          {entry.label}
          {entry.count === undefined ? null : (
            <span className="text-xs text-muted">
              <Num value={entry.count} />
            </span>
          )}
        </Link>
      ))}
    </nav>
  )
}
