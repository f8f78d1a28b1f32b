import { Plural, useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'
import { HostileText } from '@/components/Text'
import { protectedText } from '@/features/bans/ban-words'

/** Networks of a list, which is text from outside. */
export function Networks({ of }: { of: readonly string[] }) {
  return (
    <ul className="flex flex-wrap gap-x-3 font-mono text-sm">
      {of.map((network, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one unchanging list, in which a network may stand twice.
        <li key={index}>
          <HostileText text={network} />
        </li>
      ))}
    </ul>
  )
}

/** Networks that are protected, each with the reason. */
export function ProtectedNetworks({ of }: { of: readonly Schemas['BlocklistProtected'][] }) {
  const { i18n } = useLingui()
  return (
    <ul className="flex flex-col text-sm">
      {of.map(({ network, reason }) => (
        <li key={network}>
          <code className="font-mono break-all">
            <HostileText text={network} />
          </code>{' '}
          <span className="text-muted">{protectedText(i18n, reason)}</span>
        </li>
      ))}
    </ul>
  )
}

/** How many are not named. */
export function More({ count }: { count: number }) {
  if (count <= 0) return null
  return (
    <span className="text-muted">
      <Plural value={count} one="and # more" other="and # more" />
    </span>
  )
}
