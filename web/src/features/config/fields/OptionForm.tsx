import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useCallback, useId, useMemo } from 'react'
import { Button } from '@/components/Button'
import { EmptyState } from '@/components/EmptyState'
import { Panel } from '@/components/PageHeader'
import { QuickFilter } from '@/components/QuickFilter'
import { Switch } from '@/components/Toggle'
import { useTray } from '../tray/use-tray'
import type { Finding, ItemOption, OptionSpec } from '../types'
import { GROUP_TITLES } from './groups'
import { OptionRow } from './OptionRow'
import { type FormTarget, findingsOf, grouped, type Row, resetChange, rowsOf, setChange, shownRows } from './rows'

export type OptionFormProps = {
  target: FormTarget
  options: readonly ItemOption[]
  specs: readonly OptionSpec[]
  findings: readonly Finding[]
  /** Nothing can be changed: the role, or a folder that cannot be written. */
  disabled: boolean
  /** Shows options too that no file sets. */
  all: boolean
  search: string
  onSearch: (change: { all?: true; find?: string }) => void
}

/** A form made from the descriptions of the options. What is typed goes into the change tray at once. */
export function OptionForm({ target, options, specs, findings, disabled, all, search, onSearch }: OptionFormProps) {
  const { t, i18n } = useLingui()
  const id = useId()
  const tray = useTray()
  const kind = target === 'defaults' ? 'jail' : target.item.kind
  const rows = useMemo(() => rowsOf(options, specs, kind), [options, specs, kind])
  const editOf = (option: ItemOption) => tray.find(setChange(target, option, ''))
  const shown = shownRows(rows, { all, search, edited: (option) => editOf(option) !== undefined })
  const { add, remove } = tray
  const onUndo = useCallback((row: Row) => remove(setChange(target, row.option, '')), [remove, target])
  const onReset = useCallback((row: Row) => add(resetChange(target, row.option), row.option.value), [add, target])
  const onChange = useCallback(
    (row: Row, value: string) => {
      if (value === (row.option.value ?? '')) onUndo(row)
      else add(setChange(target, row.option, value), row.option.value)
    },
    [add, onUndo, target],
  )
  return (
    <div className="flex flex-col gap-3">
      <search className="flex flex-wrap items-center gap-x-4 gap-y-2" aria-label={t`Find an option`}>
        <QuickFilter
          label={t`Find an option`}
          placeholder={t`Option, value or meaning`}
          value={search}
          onChange={(find) => onSearch({ find: find || undefined })}
        />
        <Switch
          label={t`Show all options`}
          checked={all}
          onChange={(checked) => onSearch({ all: checked || undefined })}
        />
        <p role="status" className="text-sm text-muted">
          {shown.length === rows.length ? (
            <Plural value={rows.length} one="# option" other="# options" />
          ) : (
            <Trans>
              {shown.length} of {rows.length} options
            </Trans>
          )}
        </p>
      </search>
      {shown.length === 0 ? (
        <Panel>
          <EmptyState
            title={search ? <Trans>No option matches.</Trans> : <Trans>No file sets an option here.</Trans>}
            action={
              <Button onClick={() => onSearch({ find: undefined, all: true })}>
                <Trans>Show all options</Trans>
              </Button>
            }
          />
        </Panel>
      ) : null}
      {grouped(shown).map((group) => {
        const title = GROUP_TITLES[group.name]
        return (
          <Panel key={group.name} title={title ? i18n._(title) : group.name}>
            {group.rows.map((row) => (
              <OptionRow
                key={`${row.option.section}/${row.option.name}`}
                id={`${id}-${row.option.section}-${row.option.name}`}
                row={row}
                edit={editOf(row.option)}
                findings={findingsOf(findings, target, row.option)}
                disabled={disabled}
                onChange={onChange}
                onReset={onReset}
                onUndo={onUndo}
              />
            ))}
          </Panel>
        )
      })}
    </div>
  )
}
