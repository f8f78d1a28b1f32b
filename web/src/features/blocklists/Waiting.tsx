import { Trans } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { Num, Time } from '@/components/Text'
import { useMay } from '@/shell/session'
import type { List } from './lists'
import type { ListDeeds } from './use-list-deeds'
import { WaitWords } from './WaitWords'

type WaitingProps = { list: List; waiting: Schemas['BlocklistWaiting']; deeds: ListDeeds }

/** A copy that is too different from the one in force: how much it has against how much, and the two ways on. */
export function Waiting({ list, waiting, deeds }: WaitingProps) {
  const admin = useMay('admin')
  const doing = deeds.doing(list)
  return (
    <Banner
      tone="warning"
      title={
        <>
          <WaitWords reason={waiting.reason} />{' '}
          <span className="whitespace-nowrap">
            <Num value={list.copy?.networks ?? 0} /> → <Num value={waiting.networks} />
          </span>
        </>
      }
      actions={
        admin ? (
          <>
            <Button
              size="sm"
              tone="primary"
              busy={doing === 'accept'}
              disabled={doing !== undefined}
              onClick={() => deeds.order('accept', list)}
            >
              <Trans>Put it in force</Trans>
            </Button>
            <Button
              size="sm"
              busy={doing === 'refuse'}
              disabled={doing !== undefined}
              onClick={() => deeds.order('refuse', list)}
            >
              <Trans>Forget it</Trans>
            </Button>
          </>
        ) : null
      }
    >
      {list.copy ? (
        <Trans>
          Fetched <Time at={waiting.at} />. It waits for a yes, as a list that changes so much may be broken or taken
          over; until then the copy before stays in force.
        </Trans>
      ) : (
        <Trans>
          Fetched <Time at={waiting.at} />. It waits for a yes, as it would block a large part of the internet; until
          then nothing of it is blocked.
        </Trans>
      )}
    </Banner>
  )
}
