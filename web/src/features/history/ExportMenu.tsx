import { Trans, useLingui } from '@lingui/react/macro'
import { Icon } from '@/components/Icon'
import { Popover } from '@/components/Popover'
import { historyQuery } from '@/features/filters/search'
import type { HistoryPageSearch } from '@/routes/history'

/** Where exactly what is filtered can be fetched as a file. */
export function exportHref(search: HistoryPageSearch, format: 'csv' | 'json'): string {
  const query = new URLSearchParams({ format })
  for (const [name, value] of Object.entries({ ...historyQuery(search), order: search.order })) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) query.append(name, String(one))
  }
  return new URL(`api/v1/history/export?${query}`, document.baseURI).href
}

export function ExportMenu({ search }: { search: HistoryPageSearch }) {
  const { t } = useLingui()
  return (
    <Popover
      label={t`Export`}
      face={
        <>
          <Icon name="down" />
          <Trans>Export</Trans>
        </>
      }
    >
      {(close) => (
        <div className="flex flex-col p-1">
          {(['csv', 'json'] as const).map((format) => (
            <a
              key={format}
              href={exportHref(search, format)}
              download
              className="flex min-h-8 flex-col justify-center rounded-sm px-2 py-1 hover:bg-hover"
              onClick={close}
            >
              {format === 'csv' ? <Trans>CSV, for spreadsheets</Trans> : <Trans>JSON, for programs</Trans>}
            </a>
          ))}
          <p className="max-w-60 px-2 py-1 text-xs text-muted">
            <Trans>All events that the filters leave, not only those that are loaded.</Trans>
          </p>
        </div>
      )}
    </Popover>
  )
}
