import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState } from 'react'
import { jailsQuery } from '@/api/queries'
import { Button } from '@/components/Button'
import { Icon } from '@/components/Icon'
import { HostileText, Num } from '@/components/Text'

/** Which jails are shown: several may be ticked. */
export function JailFilter({ value, onChange }: { value: readonly string[]; onChange: (jails: string[]) => void }) {
  const { t } = useLingui()
  const [open, setOpen] = useState(false)
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const jails = useQuery({ ...jailsQuery, refetchInterval: false }).data?.items ?? []
  const banned = new Map(jails.map((jail) => [jail.name, jail.counters.currentlyBanned]))
  // What the URL names is listed even when there is no such jail any more.
  const names = [...new Set([...jails.map((jail) => jail.name), ...value])]
  useEffect(() => {
    if (!open) return
    const onPointerDown = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener('pointerdown', onPointerDown)
    return () => document.removeEventListener('pointerdown', onPointerDown)
  }, [open])
  const only = value.length === 1 ? value[0] : undefined
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only hears what its controls leave.
    <div
      ref={box}
      className="relative"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return
        setOpen(false)
        box.current?.querySelector('button')?.focus()
        event.stopPropagation()
      }}
      onBlur={(event) => {
        if (event.relatedTarget && !box.current?.contains(event.relatedTarget)) setOpen(false)
      }}
    >
      <Button
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        className="max-w-60"
        onClick={() => setOpen((now) => !now)}
      >
        <span className="truncate">
          {value.length === 0 ? (
            <Trans>All jails</Trans>
          ) : only ? (
            <HostileText text={only} />
          ) : (
            <Plural value={value.length} one="# jail" other="# jails" />
          )}
        </span>
        <Icon name="chevronDown" className="text-muted" />
      </Button>
      {open ? (
        <fieldset
          id={id}
          aria-label={t`Jails`}
          className="absolute top-full left-0 z-30 mt-1 flex max-h-72 w-64 flex-col overflow-y-auto rounded-md border border-edge bg-surface p-1"
        >
          {names.map((name) => (
            <label key={name} className="flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-2 hover:bg-hover">
              <input
                type="checkbox"
                checked={value.includes(name)}
                onChange={(event) =>
                  onChange(event.target.checked ? [...value, name] : value.filter((one) => one !== name))
                }
              />
              <span className="min-w-0 flex-1 truncate">
                <HostileText text={name} />
              </span>
              <span className="text-xs text-muted">
                <Num value={banned.get(name) ?? null} />
              </span>
            </label>
          ))}
          {names.length === 0 ? (
            <p className="px-2 py-1 text-muted">
              <Trans>There is no jail.</Trans>
            </p>
          ) : null}
          <Button size="sm" tone="ghost" className="mt-1" disabled={value.length === 0} onClick={() => onChange([])}>
            <Trans>Show all jails</Trans>
          </Button>
        </fieldset>
      ) : null}
    </div>
  )
}
