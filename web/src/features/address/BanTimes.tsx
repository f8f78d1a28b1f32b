import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'
import { Panel } from '@/components/PageHeader'
import { Duration, HostileText } from '@/components/Text'

type BanTime = Schemas['BanTimeBody']

/** How long the next ban would be in each running jail, and how fail2ban comes to it. */
export function BanTimes({ times }: { times: readonly BanTime[] }) {
  const { t } = useLingui()
  return (
    <Panel title={t`If it were banned now`}>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2 px-3 py-3 text-sm">
        {times.map((time) => (
          <div key={`${time.host} ${time.jail}`} className="contents">
            <dt className="text-muted">
              <HostileText text={time.jail} />
            </dt>
            <dd className="min-w-0">
              <Length seconds={time.nextSeconds} /> <How time={time} />
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

function Length({ seconds }: { seconds: number | null | undefined }) {
  if (seconds === null || seconds === undefined) return <Trans>a time that only fail2ban can compute</Trans>
  return (
    <strong className="font-semibold">
      <Duration seconds={seconds} />
    </strong>
  )
}

function How({ time }: { time: BanTime }) {
  if (!time.increments) {
    return (
      <span className="text-muted">
        <Trans>– the same for every ban</Trans>
      </span>
    )
  }
  return (
    <span className="text-muted">
      <Trans>
        – a first ban is <Duration seconds={time.baseSeconds} />
      </Trans>
      {', '}
      <Plural
        value={time.bansSoFar}
        _0="and this would be one"
        one="and it grows after # ban"
        other="and it grows after # bans"
      />
      {time.multipliers ? (
        <>
          {', '}
          <Trans>
            by the multipliers <HostileText text={time.multipliers} className="font-mono" />
          </Trans>
        </>
      ) : null}
      {time.formula ? (
        <>
          {', '}
          <Trans>
            by the formula <HostileText text={time.formula} className="font-mono break-all" />
          </Trans>
        </>
      ) : null}
      {time.factor ? (
        <>
          {', '}
          <Trans>
            factor <HostileText text={time.factor} className="font-mono" />
          </Trans>
        </>
      ) : null}
      {time.randomSeconds ? (
        <>
          {', '}
          <Trans>
            and up to <Duration seconds={time.randomSeconds} /> by chance
          </Trans>
        </>
      ) : null}
      {time.maxSeconds ? (
        <>
          {', '}
          <Trans>
            at most <Duration seconds={time.maxSeconds} />
          </Trans>
        </>
      ) : null}
    </span>
  )
}
