import { Trans } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'

/** Why a copy waits for a yes. */
export function WaitWords({ reason }: { reason: Schemas['BlocklistWaitReason'] }) {
  switch (reason) {
    case 'shrank':
      return <Trans>The new copy has less than half of the networks.</Trans>
    case 'grew':
      return <Trans>The new copy has more than three times the networks.</Trans>
    case 'empty':
      return <Trans>The new copy is empty.</Trans>
    case 'coversLess':
      return <Trans>The new copy covers less than half of the addresses.</Trans>
    case 'coversMore':
      return <Trans>The new copy covers more than three times the addresses.</Trans>
    case 'coversTooMuch':
      return <Trans>The copy covers more of the internet than a list of attackers does.</Trans>
  }
}
