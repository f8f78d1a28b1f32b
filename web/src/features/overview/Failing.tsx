import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Schemas } from '@/api/client'
import { AddressLink } from '@/components/AddressLink'
import { Country } from '@/components/Country'
import { Table, Td, Th, Tr } from '@/components/Table'
import { HostileText, Num, Time } from '@/components/Text'
import { failingQuery } from '@/features/filters/queries'
import { useMay } from '@/shell/session'
import { Quiet, Section } from './Section'

const ROWS = 8

/** How fail2ban writes a failure into its log. */
function foundText({ jail, subject }: Schemas['FailingItemBody']): string {
  return `[${jail}] Found ${subject} -`
}

/** Who fails at the moment and may be banned next. */
export function Failing() {
  const { t } = useLingui()
  const failing = useQuery(failingQuery(ROWS))
  const mayRead = useMay('operator')
  return (
    <Section title={<Trans>Failing in the last hour</Trans>} query={failing} rows={ROWS + 1}>
      {({ items }) =>
        items.length === 0 ? (
          <Quiet rows={ROWS + 1}>
            <Trans>Nobody has failed in the last hour.</Trans>
          </Quiet>
        ) : (
          <Table label={t`Failing in the last hour`}>
            <thead>
              <Tr>
                <Th>
                  <Trans>Address</Trans>
                </Th>
                <Th>
                  <Trans>Jail</Trans>
                </Th>
                <Th num>
                  <Trans>Failures</Trans>
                </Th>
                <Th num>
                  <Trans>Last</Trans>
                </Th>
              </Tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <Tr key={`${item.jail} ${item.subject}`}>
                  <Td>
                    <span className="inline-flex items-center gap-2">
                      <AddressLink subject={item.subject} className="break-all" />
                      {item.country ? <Country code={item.country} short /> : null}
                    </span>
                  </Td>
                  <Td label={t`Jail`}>
                    <HostileText text={item.jail} />
                  </Td>
                  <Td num label={t`Failures`}>
                    {mayRead ? (
                      <Link
                        to="/log"
                        search={{ text: foundText(item) }}
                        title={t`To its failures in fail2ban’s log, older ones too`}
                        className="hover:text-accent hover:underline"
                      >
                        <Num value={item.failures} />
                      </Link>
                    ) : (
                      <Num value={item.failures} />
                    )}
                  </Td>
                  <Td num label={t`Last`}>
                    <Time at={item.lastAt} />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )
      }
    </Section>
  )
}
