import { Trans } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { HostileText } from '@/components/Text'
import type { List } from './lists'

/** Who carries a list out. */
export function TargetWords({ list }: { list: List }) {
  const { target } = list
  if (target.kind === 'firewall') return <Trans>Firewall</Trans>
  return (
    <Link to="/jails/$jail" params={{ jail: target.jail }} className="hover:text-accent hover:underline">
      <HostileText text={target.jail} />
    </Link>
  )
}
