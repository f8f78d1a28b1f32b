import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ApiProblem, LOCAL_HOST, type Schemas } from '@/api/client'
import { keys } from '@/api/queries'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { Table, Td, Th, ThActions, Tr } from '@/components/Table'
import { HostileText, Num, Time, TimeLeft } from '@/components/Text'
import { useActing } from '@/features/bans/acting'
import { scheduleUnban } from '@/features/bans/pending-unbans'
import { HistoryLink } from '@/features/filters/HistoryLink'
import { addIgnored } from '@/features/jails/requests'

type AddressBody = Schemas['AddressBody']

/** Every jail that knows it or could: its state there, its counts, and what can be done about it. */
export function InJails({ known }: { known: AddressBody }) {
  const { t } = useLingui()
  const { allowed, reason } = useActing()
  const queryClient = useQueryClient()
  const ignore = useMutation({
    mutationFn: (jail: string) => addIgnored(jail, known.subject),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.history }),
  })
  const names = namesOf(known)
  return (
    <Panel
      title={t`In the jails`}
      actions={
        known.current.length > 1 ? (
          <Button
            size="sm"
            disabled={!allowed}
            title={reason}
            onClick={() => scheduleUnban([{ host: LOCAL_HOST, subject: known.subject, jail: null }])}
          >
            <Trans>Unban everywhere</Trans>
          </Button>
        ) : null
      }
    >
      {ignore.error ? <ProblemNote problem={ApiProblem.from(ignore.error)} /> : null}
      <Table label={t`In the jails`}>
        <thead>
          <tr>
            <Th>
              <Trans>Jail</Trans>
            </Th>
            <Th>
              <Trans>Now</Trans>
            </Th>
            <Th num>
              <Trans>Bans</Trans>
            </Th>
            <Th num>
              <Trans>Failures</Trans>
            </Th>
            <Th>
              <Trans>Last seen</Trans>
            </Th>
            <ThActions />
          </tr>
        </thead>
        <tbody>
          {names.map((jail) => {
            const counts = known.jails.find((one) => one.jail === jail)
            const ban = known.current.find((one) => one.jail === jail)
            const ignored = known.ignoredIn.includes(jail)
            return (
              <Tr key={jail}>
                <Td>
                  <Link to="/jails/$jail" params={{ jail }} className="hover:text-accent hover:underline">
                    <HostileText text={jail} />
                  </Link>
                </Td>
                <Td>
                  <State ban={ban} ignored={ignored} unknown={known.unknownJails.includes(jail)} />
                </Td>
                <Td num label={t`Bans`}>
                  <HistoryLink
                    search={{ address: known.subject, jail: [jail], event: ['ban'] }}
                    className="hover:text-accent hover:underline"
                  >
                    <Num value={counts?.bans ?? 0} />
                  </HistoryLink>
                </Td>
                <Td num label={t`Failures`}>
                  <Num value={counts?.failures ?? 0} />
                </Td>
                <Td label={t`Last seen`}>
                  <Time at={counts?.lastAt} />
                </Td>
                <Td>
                  <span className="flex gap-2 sm:justify-end">
                    {ban ? (
                      <Button
                        size="sm"
                        disabled={!allowed}
                        title={reason}
                        aria-label={t`Unban in ${jail}`}
                        onClick={() => scheduleUnban([{ host: ban.host, subject: ban.subject, jail }])}
                      >
                        <Trans>Unban</Trans>
                      </Button>
                    ) : null}
                    {ignored || known.kind === 'other' ? null : (
                      <Button
                        size="sm"
                        busy={ignore.isPending && ignore.variables === jail}
                        disabled={!allowed}
                        title={reason ?? t`Until the next reload of fail2ban`}
                        aria-label={t`Ignore in ${jail}`}
                        onClick={() => ignore.mutate(jail)}
                      >
                        <Trans>Ignore</Trans>
                      </Button>
                    )}
                  </span>
                </Td>
              </Tr>
            )
          })}
        </tbody>
      </Table>
    </Panel>
  )
}

/** Jails with a ban in force first, then those with a past, then the rest by name. */
function namesOf({ current, jails, banTimes, ignoredIn, unknownJails }: AddressBody): string[] {
  const past = jails.map(({ jail }) => jail)
  const rest = [...banTimes.map(({ jail }) => jail), ...ignoredIn, ...unknownJails].sort()
  return [...new Set([...current.map(({ jail }) => jail), ...past, ...rest])]
}

type StateProps = { ban: Schemas['ActiveBanBody'] | undefined; ignored: boolean; unknown: boolean }

function State({ ban, ignored, unknown }: StateProps) {
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      {ban ? (
        <>
          <Badge tone="danger">
            <Trans>banned</Trans>
          </Badge>
          <span className="text-sm text-muted">
            <TimeLeft until={ban.expiresAt} permanent={ban.permanent} />
          </span>
        </>
      ) : null}
      {ignored ? (
        <Badge tone="good">
          <Trans>ignored</Trans>
        </Badge>
      ) : null}
      {unknown ? (
        <span className="text-sm text-muted">
          <Trans>fail2ban did not tell</Trans>
        </span>
      ) : null}
      {ban || ignored || unknown ? null : (
        <span className="text-sm text-muted">
          <Trans>not banned</Trans>
        </span>
      )}
    </span>
  )
}
