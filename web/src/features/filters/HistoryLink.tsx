import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { HistorySearch } from './search'

type HistoryLinkProps = {
  search: HistorySearch
  className?: string
  children: ReactNode
  tabIndex?: number
  'aria-label'?: string
  'data-hour'?: string
}

/** To the events that a number counts. */
export function HistoryLink({ search, children, ...rest }: HistoryLinkProps) {
  return (
    <Link to="/history" search={search} preload={false} {...rest}>
      {children}
    </Link>
  )
}
