import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { jailsQuery } from '@/api/queries'
import { Icon, type IconName } from '@/components/Icon'
import { HostileText } from '@/components/Text'
import { openBanDialog } from '@/features/bans/open-ban-dialog'
import { ITEM_ROUTES, KIND_WORDS } from '@/features/config/kinds'
import { itemsQuery } from '@/features/config/queries'
import { cx } from '@/lib/cx'
import { PAGES } from './pages'
import { useRank } from './session'

type Entry = { id: string; text: string; hint: string; icon: IconName; go: () => void }

/** What could be an address, a network or the beginning of one: hex digits, dots, colons, a slash. */
export function looksLikeAddress(text: string): boolean {
  return /^[0-9a-f.:]+(\/\d{0,3})?$/i.test(text) && /[.:]/.test(text) && /[0-9a-f]/i.test(text)
}

/** Ctrl K: pages, jails, and any text as a search in the bans. */
export default function CommandPalette({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const entries = useEntries(query.trim(), onClose)
  const active = Math.min(at, Math.max(entries.length - 1, 0))
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const list = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  function move(to: number) {
    const index = (to + entries.length) % Math.max(entries.length, 1)
    setAt(index)
    list.current?.children[index]?.scrollIntoView({ block: 'nearest' })
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'ArrowDown') move(active + 1)
    else if (event.key === 'ArrowUp') move(active - 1)
    else if (event.key === 'Enter') entries[active]?.go()
    else return
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it too.
    <dialog
      ref={dialog}
      aria-label={t`Go to`}
      className="mx-auto mt-[12vh] mb-auto w-[calc(100%-2rem)] max-w-xl rounded-md border border-edge bg-surface text-fg"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose()
      }}
    >
      <div className="flex items-center gap-2 border-b px-3">
        <Icon name="search" className="text-muted" />
        <input
          autoFocus
          role="combobox"
          aria-label={t`Go to a page, a jail or an address`}
          aria-expanded={entries.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={entries.length > 0 ? `${id}-${active}` : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder={t`Page, jail, address…`}
          className="h-11 min-w-0 flex-1 bg-transparent outline-none"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        tabIndex={-1}
        aria-label={t`Matches`}
        className="max-h-[50vh] overflow-y-auto p-1"
      >
        {entries.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the field, which keeps the focus.
          <div
            key={entry.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={cx(
              'flex h-8 items-center gap-2 rounded-sm px-2',
              index === active && 'bg-accent-soft text-accent',
            )}
            onPointerMove={() => setAt(index)}
            onClick={entry.go}
          >
            <Icon name={entry.icon} />
            <span className="min-w-0 flex-1 truncate">
              <HostileText text={entry.text} />
            </span>
            <span className="text-xs text-muted">{entry.hint}</span>
          </div>
        ))}
      </div>
      {entries.length === 0 ? (
        <p role="status" className="px-3 pb-3 text-muted">
          <Trans>Nothing matches.</Trans>
        </p>
      ) : null}
    </dialog>
  )
}

function useEntries(query: string, onClose: () => void): Entry[] {
  const { t, i18n } = useLingui()
  const navigate = useNavigate()
  const reaches = useRank()
  const operator = reaches('operator')
  const jails = useQuery({ ...jailsQuery, refetchInterval: false }).data?.items
  const items = useQuery({ ...itemsQuery, refetchInterval: false }).data?.items
  return useMemo(() => {
    const wanted = query.toLowerCase()
    const then = (go: () => unknown) => () => {
      onClose()
      void go()
    }
    const pages: Entry[] = PAGES.filter((page) => reaches(page.role)).map((page) => ({
      id: `page ${page.to}`,
      text: i18n._(page.label),
      hint: t`Page`,
      icon: page.icon,
      go: then(() => navigate({ to: page.to })),
    }))
    const named: Entry[] = (jails ?? []).map((jail) => ({
      id: `jail ${jail.name}`,
      text: jail.name,
      hint: t`Jail`,
      icon: 'jail',
      go: then(() => navigate({ to: '/jails/$jail', params: { jail: jail.name } })),
    }))
    const configured: Entry[] = (items ?? []).flatMap(({ id: { kind, name } }) =>
      kind === 'server'
        ? []
        : [
            {
              id: `config ${kind} ${name}`,
              text: name,
              hint: `${t`Configuration`} · ${i18n._(KIND_WORDS[kind])}`,
              icon: 'settings',
              go: then(() => navigate({ to: ITEM_ROUTES[kind], params: { name } })),
            },
          ],
    )
    const address = looksLikeAddress(query)
    const ban: Entry[] = operator
      ? [
          {
            id: 'ban',
            text: address ? t`Ban ${query}…` : t`Ban…`,
            hint: t`Action`,
            icon: 'ban',
            go: then(() => openBanDialog({ text: address ? query : '' })),
          },
        ]
      : []
    const found = [...pages, ...(address ? [] : ban), ...named, ...(query === '' ? [] : configured)]
      .filter((entry) => entry.text.toLowerCase().includes(wanted))
      .slice(0, 50)
    if (query === '') return found
    const search: Entry = {
      id: 'search',
      text: t`Search the bans for ${query}`,
      hint: t`Bans`,
      icon: 'search',
      go: then(() => navigate({ to: '/bans', search: { search: query } })),
    }
    return address ? [search, ...ban, ...found] : [...found, search]
  }, [query, jails, items, reaches, operator, i18n, t, navigate, onClose])
}
