import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'
import { Address, Time } from '@/components/Text'

const WAYS: Record<Schemas['LoginWay'], MessageDescriptor> = {
  ssh: msg`SSH`,
  login: msg`login`,
  bangui: msg`BanGUI`,
}

/** From where people lately got in whom a ban would shut out. */
export function RecentLogins({ logins }: { logins: Schemas['RecentLogins'] }) {
  const { i18n } = useLingui()
  const { days, items, total } = logins
  if (items.length === 0) return null
  const more = total - items.length
  return (
    <div className="text-warning">
      <p>
        <Trans>In the last {days} days somebody got in from here:</Trans>
      </p>
      <ul className="flex flex-wrap gap-x-4">
        {items.map(({ address, lastAt, ways }) => (
          <li key={address} className="inline-flex flex-wrap items-baseline gap-x-1">
            <Address value={address} copy={false} /> {ways.map((way) => i18n._(WAYS[way])).join(', ')},{' '}
            <Time at={lastAt} />
          </li>
        ))}
        {more > 0 ? (
          <li>
            <Plural value={more} one="and # more address" other="and # more addresses" />
          </li>
        ) : null}
      </ul>
    </div>
  )
}

/** No record of logins could be read: that nobody is named says nothing. */
export function LoginsNotKnown() {
  return (
    <p className="text-sm text-muted">
      <Trans>Whether somebody lately logged in to this machine from there is not known.</Trans>
    </p>
  )
}
