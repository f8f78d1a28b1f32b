import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { keys } from '@/api/queries'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { Field, Input } from '@/components/Field'
import { HostileText } from '@/components/Text'
import { toast } from '@/components/toasts'
import { BlockingProblem } from '@/features/blocking/BlockingProblem'
import { ExpiryField } from '@/features/blocking/ExpiryField'
import { type Expiry, expiryOf, instantOfExpiry, NEVER } from '@/features/blocking/expiry'
import { fieldFault, isSaidAtFields } from '@/features/blocking/field-fault'
import { localOf } from '@/lib/local-time'
import { useZone } from '@/lib/zone'
import { type AllowEntry, allow, changeAllowed } from './requests'
import { useAllowedToast } from './use-allowed-toast'

const MOST_NOTE = 500
const FIELDS = ['subject', 'note', 'expiresAt']

type AllowDialogProps = {
  /** The entry to change; its subject stays. `null` for a new one. */
  entry: AllowEntry | null
  /** What a new one begins with. */
  subject?: string
  expiry?: Expiry
  onClose: () => void
}

/** Puts somebody on the allowlist, or changes note and end of an entry. */
export default function AllowDialog({ entry, subject: given = '', expiry: start = NEVER, onClose }: AllowDialogProps) {
  const { t } = useLingui()
  const id = useId()
  const zone = useZone()
  const queryClient = useQueryClient()
  const tell = useAllowedToast()
  const [subject, setSubject] = useState(entry?.subject ?? given)
  const [note, setNote] = useState(entry?.note ?? '')
  const [expiry, setExpiry] = useState(() =>
    entry ? expiryOf(entry.expiresAt, (instant) => localOf(instant, zone)) : start,
  )
  const [checked, setChecked] = useState(false)
  const expiresAt = instantOfExpiry(expiry, zone, Date.now())
  const faulty = subject.trim() === '' || expiresAt === undefined
  const save = useMutation({
    mutationFn: async () => {
      const wanted = { note: note.trim(), expiresAt: expiresAt ?? null }
      if (!entry) return tell(await allow({ ...wanted, subject: subject.trim() }))
      await changeAllowed(entry.id, wanted)
      toast({ text: t`The entry is changed.` })
    },
    onSuccess: onClose,
    onSettled: () =>
      Promise.all(
        [keys.allowlist, keys.firewall, keys.bans, keys.status, keys.jails, keys.history, keys.ownBans].map(
          (queryKey) => queryClient.invalidateQueries({ queryKey }),
        ),
      ),
  })
  const problem = save.error ? ApiProblem.from(save.error) : null
  function submit(event: FormEvent) {
    event.preventDefault()
    setChecked(true)
    if (!faulty && !save.isPending) save.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      locked={save.isPending}
      title={entry ? <Trans>Change an entry of the allowlist</Trans> : <Trans>Put somebody on the allowlist</Trans>}
      footer={
        <>
          <Button onClick={onClose} disabled={save.isPending}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" form={`${id}-form`} tone="primary" busy={save.isPending}>
            {entry ? <Trans>Save</Trans> : <Trans>Let it through</Trans>}
          </Button>
        </>
      }
    >
      <form id={`${id}-form`} noValidate className="flex flex-col gap-3" onSubmit={submit}>
        {entry ? (
          <p className="font-mono break-all">
            <HostileText text={entry.subject} />
          </p>
        ) : (
          <Field
            label={<Trans>Address, network or host name</Trans>}
            hint={
              <Trans>
                Its bans in jails end at once, and no list, no jail and no ban by hand blocks it. A name stands for the
                addresses that it has at the time.
              </Trans>
            }
            error={
              problem?.code === 'already-allowed'
                ? t`This is on the allowlist already.`
                : checked && subject.trim() === ''
                  ? t`Write an address, a network such as 192.0.2.0/24, or a host name.`
                  : fieldFault(problem, 'subject', {
                      'not-a-subject': t`This is no address, network or host name.`,
                      'too-wide': t`A network may be as wide as a /8, or a /19 of IPv6: a wider one would switch the protection off.`,
                    })
            }
          >
            {(field) => (
              <Input
                {...field}
                data-autofocus={given === '' ? true : undefined}
                className="font-mono"
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                maxLength={300}
                placeholder="192.0.2.0/24"
                value={subject}
                onChange={(event) => {
                  setSubject(event.target.value)
                  if (problem) save.reset()
                }}
              />
            )}
          </Field>
        )}
        <ExpiryField
          label={<Trans>How long</Trans>}
          never={t`for good`}
          value={expiry}
          onChange={setExpiry}
          error={fieldFault(problem, 'expiresAt')}
        />
        <Field
          label={<Trans>Comment</Trans>}
          hint={<Trans>Who it is, and why: whoever looks at it in a year will be glad.</Trans>}
          error={fieldFault(problem, 'note')}
        >
          {(field) => (
            <Input
              {...field}
              data-autofocus={given !== '' || entry ? true : undefined}
              autoComplete="off"
              maxLength={MOST_NOTE}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        {problem && problem.code !== 'already-allowed' && !isSaidAtFields(problem, FIELDS) ? (
          <BlockingProblem error={problem} />
        ) : null}
      </form>
    </Dialog>
  )
}
