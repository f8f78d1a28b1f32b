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
  }
}
