import { Trans, useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { LOCAL_HOST } from '@/api/client'
import { keys } from '@/api/queries'
import { AddressLink } from '@/components/AddressLink'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/Dialog'
import { Table, Td, Th, ThActions, Tr } from '@/components/Table'
import { HostileText, Time, TimeLeft } from '@/components/Text'
import { toast } from '@/components/toasts'
import { Said } from '@/features/blocking/Said'
import { visible } from '@/lib/hostile'
import { useMay } from '@/shell/session'
import { type AllowEntry, removeAllowed } from './requests'

/** Between cards and a table that has room for all, the least of the columns give way. */
const LEAST = 'sm:max-md:hidden'

type AllowTableProps = { entries: readonly AllowEntry[]; onEdit: (entry: AllowEntry) => void }

export function AllowTable({ entries, onEdit }: AllowTableProps) {
  const { t } = useLingui()
  const operator = useMay('operator')
  const [removing, setRemoving] = useState<AllowEntry | null>(null)
  // One host needs no column that says so on every row.
  const hosts = entries.some((entry) => entry.host && entry.host !== LOCAL_HOST)
  return (
    <>
      <Table label={t`Allowlist`}>
        <thead>
          <Tr>
            <Th>{t`Let through`}</Th>
            <Th>{t`Comment`}</Th>
            <Th>{t`Ends in`}</Th>
            {hosts ? <Th>{t`Host`}</Th> : null}
            <Th className={LEAST}>{t`By`}</Th>
            <Th className={LEAST}>{t`Since`}</Th>
            {operator ? <ThActions /> : null}
          </Tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Tr key={entry.id}>
              <Td className="py-1">
                <Subject entry={entry} />
              </Td>
              <Td label={t`Comment`} className="py-1">
                <span className="wrap-anywhere">
                  {entry.note ? <HostileText text={entry.note} /> : <span className="text-muted">–</span>}
                </span>
              </Td>
              <Td label={t`Ends in`}>
                {!entry.holds ? (
                  <Badge>{t`over`}</Badge>
                ) : entry.expiresAt ? (
                  <TimeLeft until={entry.expiresAt} />
                ) : (
                  <span className="text-muted">{t`for good`}</span>
                )}
              </Td>
              {hosts ? <Td label={t`Host`}>{entry.host ? <HostileText text={entry.host} /> : t`everywhere`}</Td> : null}
              <Td label={t`By`} className={LEAST}>
                <HostileText text={entry.owner} />
              </Td>
              <Td label={t`Since`} className={LEAST}>
                <Time at={entry.createdAt} />
              </Td>
              {operator ? (
                <Td className="py-1">
                  <span className="flex gap-2 sm:justify-end">
                    <Button size="sm" aria-label={t`Edit ${visible(entry.subject)}`} onClick={() => onEdit(entry)}>
                      <Trans>Edit</Trans>
                    </Button>
                    <Button
                      size="sm"
                      aria-label={t`Remove ${visible(entry.subject)}`}
                      onClick={() => setRemoving(entry)}
                    >
                      <Trans>Remove</Trans>
                    </Button>
                  </span>
                </Td>
              ) : null}
            </Tr>
          ))}
        </tbody>
      </Table>
      <RemoveDialog entry={removing} onClose={() => setRemoving(null)} />
    </>
  )
}

/** Who is let through; for a name what it stands for now, and when nobody told. */
function Subject({ entry }: { entry: AllowEntry }) {
  const { resolved } = entry
  if (entry.kind !== 'name') return <AddressLink subject={entry.subject} className="break-all" />
  return (
    <span className="flex min-w-0 flex-col">
      <HostileText text={entry.subject} className="font-mono text-sm break-all" />
      {resolved ? (
        <span className="flex flex-wrap gap-x-2 text-sm text-muted">
          {resolved.addresses.map((address) => (
            <AddressLink key={address} subject={address} />
          ))}
          <span>
            {resolved.problem ? (
              <>
                <span className="text-warning">
                  {resolved.addresses.length > 0 ? (
                    <Trans>not told anew, these are from before</Trans>
                  ) : (
                    <Trans>stands for no address</Trans>
                  )}
                </span>
                {': '}
                <Said text={resolved.problem} />
              </>
            ) : (
              <Trans>
                asked <Time at={resolved.at} />
              </Trans>
            )}
          </span>
        </span>
      ) : (
        <span className="text-sm text-muted">
          <Trans>not looked up yet</Trans>
        </span>
      )}
    </span>
  )
}

function RemoveDialog({ entry, onClose }: { entry: AllowEntry | null; onClose: () => void }) {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  return (
    <ConfirmDialog
      open={entry !== null}
      onClose={onClose}
      title={<Trans>Take off the allowlist</Trans>}
      verb={<Trans>Take it off</Trans>}
      onConfirm={async () => {
        if (!entry) return
        try {
          await removeAllowed(entry.id)
        } finally {
          await Promise.all(
            [keys.allowlist, keys.firewall, keys.history].map((queryKey) =>
              queryClient.invalidateQueries({ queryKey }),
            ),
          )
        }
        toast({ text: t`${visible(entry.subject)} is not on the allowlist any more.` })
      }}
    >
      <Trans>
        <HostileText text={entry?.subject ?? ''} className="font-mono" /> is not banned by that. But lists that name it
        block it again, and jails may ban it.
      </Trans>
    </ConfirmDialog>
  )
}
