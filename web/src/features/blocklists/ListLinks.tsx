import { Link } from '@tanstack/react-router'
import { HostileText } from '@/components/Text'
import type { List } from './lists'

export function ListLink({ id, name }: { id: number; name: string }) {
  return (
    <Link
      to="/blocklists/$id"
      params={{ id: String(id) }}
      preload={false}
      className="min-w-0 hover:text-accent hover:underline"
    >
      <HostileText text={name} />
    </Link>
  )
}

/** Names of lists, each leading to its page. One that was deleted meanwhile is left out. */
export function ListLinks({ ids, lists }: { ids: readonly number[]; lists: readonly List[] }) {
  return (
    <span className="flex flex-wrap gap-x-3">
      {ids.map((id) => {
        const list = lists.find((one) => one.id === id)
        return list ? <ListLink key={id} id={id} name={list.name} /> : null
      })}
    </span>
  )
}
