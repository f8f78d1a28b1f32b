import { Trans } from '@lingui/react/macro'
import { type ReactNode, useEffect } from 'react'
import { Time } from './Text'

type PageHeaderProps = {
  /** Also the title of the window, so a plain text. */
  title: string
  /** Shown instead of the plain title where it needs marking up. */
  heading?: ReactNode
  /** When the numbers on the page were true. */
  asOf?: string | null
  /** Beside the title: a badge, a count. */
  meta?: ReactNode
  actions?: ReactNode
}

export function PageHeader({ title, heading, asOf, meta, actions }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · BanGUI`
  }, [title])
  return (
    <header className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
      <h1 className="text-xl font-semibold break-words">{heading ?? title}</h1>
      {meta}
      {asOf ? (
        <span className="text-sm text-muted">
          <Trans>
            as of <Time at={asOf} />
          </Trans>
        </span>
      ) : null}
      {actions ? <div className="ml-auto flex flex-wrap gap-2">{actions}</div> : null}
    </header>
  )
}

/** A bordered part of a page; tables reach its edges. */
export function Panel({ title, actions, children }: { title?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="overflow-clip rounded-md border bg-surface">
      {title || actions ? (
        <div className="flex min-h-10 flex-wrap items-center gap-2 border-b px-3 py-1.5">
          {title ? <h2 className="font-semibold">{title}</h2> : null}
          {actions ? <div className="ml-auto flex flex-wrap gap-2">{actions}</div> : null}
        </div>
      ) : null}
      {children}
    </section>
  )
}
