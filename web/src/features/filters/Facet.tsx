import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Icon } from '@/components/Icon'
import { Popover } from '@/components/Popover'
import { HostileText, Num } from '@/components/Text'
import { visible } from '@/lib/hostile'

export type FacetOption = { value: string; label: string; count?: number }

type FacetProps = {
  /** The kind of thing: `Jail`. */
  label: string
  value: readonly string[]
  options: readonly FacetOption[]
  onChange: (value: string[]) => void
  /** Turns typed text into a value that is not among the options; `undefined` for text that is none. */
  parse?: (typed: string) => FacetOption | undefined
  /** What is to be known of the options, such as that there are more. */
  note?: ReactNode
  /** The options are still on their way. */
  loading?: boolean
  /** Called when the list opens or the pointer nears it: load the options. */
  onWanted?: () => void
}

/** Above this many options one may type to find one. */
const SEARCH_FROM = 8

/** One kind of filter as a chip: what is chosen stands on it, a list to tick opens below it, a cross takes it away. */
export function Facet({ label, value, options, onChange, parse, note, loading, onWanted }: FacetProps) {
  const { t } = useLingui()
  const labelOf = (one: string) => options.find((option) => option.value === one)?.label ?? parse?.(one)?.label ?? one
  const chosen = value.length > 0
  const shown = value.map((one) => visible(labelOf(one))).join(', ')
  return (
    <div className="flex">
      <Popover
        label={label}
        size="sm"
        tone={chosen ? 'chosen' : 'chip'}
        className={chosen ? 'rounded-r-none' : undefined}
        panelClassName="w-72"
        aria-label={value.length > 1 ? undefined : chosen ? `${label} ${shown}` : t`Filter by ${label}`}
        title={value.length > 1 ? shown : undefined}
        onPointerEnter={onWanted}
        onFocus={onWanted}
        face={
          <>
            {chosen ? null : <Icon name="plus" className="size-3" />}
            <span className={chosen ? 'font-normal' : undefined}>{label}</span>{' '}
            {chosen ? (
              <span className="max-w-40 truncate">
                {value.length === 1 ? (
                  <HostileText text={labelOf(value[0] ?? '')} />
                ) : (
                  <Plural value={value.length} one="# chosen" other="# chosen" />
                )}
              </span>
            ) : null}
          </>
        }
      >
        {() => (
          <Choices value={value} options={options} onChange={onChange} parse={parse} note={note} loading={loading} />
        )}
      </Popover>
      {chosen ? (
        <button
          type="button"
          className="inline-flex size-7 items-center justify-center rounded-r-md border border-l-0 border-accent text-accent hover:bg-hover"
          aria-label={t`Take away the filter ${label}`}
          onClick={() => onChange([])}
        >
          <Icon name="close" className="size-3.5" />
        </button>
      ) : null}
    </div>
  )
}

type ChoicesProps = Pick<FacetProps, 'value' | 'options' | 'onChange' | 'parse' | 'note' | 'loading'>

function Choices({ value, options, onChange, parse, note, loading }: ChoicesProps) {
  const { t } = useLingui()
  const [typed, setTyped] = useState('')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const wanted = typed.trim().toLowerCase()
  // What the URL names is listed even when nothing of it happened.
  const missing = value.filter((one) => !options.some((option) => option.value === one))
  const all = [...missing.map((one) => parse?.(one) ?? { value: one, label: one }), ...options]
  const found = all.filter(
    (option) => option.label.toLowerCase().includes(wanted) || option.value.toLowerCase() === wanted,
  )
  const own = wanted === '' ? undefined : parse?.(typed.trim())
  const rows = own && !all.some((option) => option.value === own.value) ? [own, ...found] : found
  const searchable = parse !== undefined || options.length >= SEARCH_FROM
  const toggle = (one: string, on: boolean) => onChange(on ? [...value, one] : value.filter((other) => other !== one))
  return (
    <>
      {searchable ? (
        <div className="border-b p-1">
          <input
            type="search"
            ref={field}
            aria-label={t`Find`}
            placeholder={t`Find…`}
            autoComplete="off"
            spellCheck={false}
            className="control"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              const first = rows[0]
              if (event.key !== 'Enter' || !first || wanted === '') return
              event.preventDefault()
              toggle(first.value, !value.includes(first.value))
              setTyped('')
            }}
          />
        </div>
      ) : null}
      <div className="flex max-h-72 flex-col overflow-y-auto p-1">
        {rows.map((option) => (
          <label
            key={option.value}
            className="flex min-h-8 shrink-0 cursor-pointer items-center gap-2 rounded-sm px-2 hover:bg-hover"
          >
            <input
              type="checkbox"
              checked={value.includes(option.value)}
              onChange={(event) => toggle(option.value, event.target.checked)}
            />
            <span className="min-w-0 flex-1 truncate">
              <HostileText text={option.label} />
            </span>
            <Count count={option.count} />
          </label>
        ))}
        {rows.length === 0 ? (
          <p role="status" className="px-2 py-1.5 text-sm text-muted">
            {loading ? <Trans>Loading…</Trans> : <Trans>Nothing to choose from.</Trans>}
          </p>
        ) : null}
      </div>
      {note ? <p className="border-t px-3 py-1.5 text-xs text-muted">{note}</p> : null}
    </>
  )
}

function Count({ count }: { count: number | undefined }): ReactNode {
  if (count === undefined) return null
  return (
    <span className="text-xs text-muted">
      <Num value={count} />
    </span>
  )
}
