import { Trans, useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import { Button } from '@/components/Button'
import { Input, Select } from '@/components/Field'
import { Icon } from '@/components/Icon'
import { JailFilter } from './JailFilter'
import type { BanFilters as Filters } from './use-ban-list'

/** Waits for the end of a word rather than asking for each letter. */
const TYPING_MS = 200

type BanFiltersProps = { filters: Filters; onChange: (change: Partial<Filters>) => void; oneJail?: boolean }

/** Search, jails, family; on a phone the order too, which column headers carry elsewhere. */
export function BanFilters({ filters, onChange, oneJail = false }: BanFiltersProps) {
  const { t } = useLingui()
  const filtered = Boolean(filters.search || (!oneJail && filters.jail?.length) || filters.family)
  return (
    <search aria-label={t`Filter the bans`} className="flex flex-wrap items-center gap-2">
      <SearchField value={filters.search ?? ''} onChange={(search) => onChange({ search: search || undefined })} />
      {oneJail ? null : (
        <JailFilter
          value={filters.jail ?? []}
          onChange={(jail) => onChange({ jail: jail.length > 0 ? jail : undefined })}
        />
      )}
      <div className="w-40">
        <Select
          aria-label={t`Family`}
          value={filters.family ?? 'all'}
          options={[
            { value: 'all', label: t`IPv4 and IPv6` },
            { value: 'v4', label: 'IPv4' },
            { value: 'v6', label: 'IPv6' },
          ]}
          onChange={(family) => onChange({ family: family === 'all' ? undefined : family })}
        />
      </div>
      <div className="w-40 sm:hidden">
        <Select
          aria-label={t`Order`}
          value={`${filters.sort} ${filters.order}`}
          options={[
            { value: 'bannedAt desc', label: t`Newest first` },
            { value: 'bannedAt asc', label: t`Oldest first` },
            { value: 'expiresAt asc', label: t`Ending soonest` },
            { value: 'expiresAt desc', label: t`Ending last` },
            { value: 'subject asc', label: t`Address, ascending` },
            { value: 'subject desc', label: t`Address, descending` },
            ...(oneJail
              ? []
              : ([
                  { value: 'jail asc', label: t`Jail, A to Z` },
                  { value: 'jail desc', label: t`Jail, Z to A` },
                ] as const)),
          ]}
          onChange={(chosen) => {
            const [sort, order] = chosen.split(' ') as [Filters['sort'], Filters['order']]
            onChange({ sort, order })
          }}
        />
      </div>
      {filtered ? (
        <Button
          tone="ghost"
          onClick={() => onChange({ search: undefined, family: undefined, ...(oneJail ? {} : { jail: undefined }) })}
        >
          <Icon name="close" />
          <Trans>Clear filters</Trans>
        </Button>
      ) : null}
    </search>
  )
}

function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useLingui()
  const [typed, setTyped] = useState(value)
  const told = useRef(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  useEffect(() => {
    // The URL has changed by itself: Back, a link, "Clear filters".
    if (value === told.current) return
    told.current = value
    clearTimeout(timer.current)
    setTyped(value)
  }, [value])
  function tell(next: string) {
    const trimmed = next.trim()
    if (trimmed === told.current) return
    told.current = trimmed
    onChange(trimmed)
  }
  return (
    <div className="relative min-w-52 flex-1 sm:max-w-80">
      <Icon name="search" className="pointer-events-none absolute top-1/2 left-2 -translate-y-1/2 text-muted" />
      <Input
        data-search
        type="search"
        aria-label={t`Search the bans`}
        placeholder={t`Address, network or part of one`}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        className="pl-8"
        value={typed}
        onChange={(event) => {
          const next = event.target.value
          setTyped(next)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => tell(next), TYPING_MS)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            clearTimeout(timer.current)
            tell(typed)
          } else if (event.key === 'Escape' && typed === '') event.currentTarget.blur()
        }}
      />
    </div>
  )
}
