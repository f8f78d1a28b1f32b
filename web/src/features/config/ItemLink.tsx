import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { HostileText } from '@/components/Text'
import type { ConfigItemSearch } from '@/routes/config-item'
import { ITEM_ROUTES } from './kinds'
import type { ItemId } from './types'

type ItemLinkProps = {
  id: ItemId
  search?: ConfigItemSearch
  className?: string
  /** The name when left out. */
  children?: ReactNode
}

/** Leads to a jail, filter, action or the server's settings. */
export function ItemLink({ id, search, className = 'text-accent hover:underline', children }: ItemLinkProps) {
  const face = children ?? <HostileText text={id.name} />
  if (id.kind === 'server') {
    return (
      <Link to="/config" className={className}>
        {face}
      </Link>
    )
  }
  return (
    <Link to={ITEM_ROUTES[id.kind]} params={{ name: id.name }} search={search ?? {}} className={className}>
      {face}
    </Link>
  )
}
