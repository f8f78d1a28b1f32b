import { Link, useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { HistorySearch } from './search'

type HistoryLinkProps = { search: HistorySearch; className?: string; children: ReactNode; 'aria-label'?: string }

/** To the events that a number counts. */
export function HistoryLink({ search, children, ...rest }: HistoryLinkProps) {
  const router = useRouter()
  if (!('/history' in router.routesByPath)) return <span {...rest}>{children}</span>
  return (
    <Link to={'/history' as string} search={search as never} {...rest}>
      {children}
    </Link>
  )
}
