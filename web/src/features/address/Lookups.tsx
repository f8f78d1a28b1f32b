import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiProblem, api, body, type Schemas } from '@/api/client'
import { keys } from '@/api/queries'
import { settingsQuery } from '@/api/settings'
import { Button } from '@/components/Button'
import { Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { CopyButton, HostileText, Time } from '@/components/Text'
import { useMay } from '@/shell/session'

type What = Schemas['LookupWhat']

const TITLES: Record<string, MessageDescriptor> = {
  'lookup-failed': msg`The lookup gave no answer that helps.`,
  'lookup-timeout': msg`The lookup was not answered in time.`,
  'online-lookups-off': msg`Online lookups are off.`,
}

/** Questions that leave this machine: only when somebody asks them, and only where the settings allow it. */
export function Lookups({ subject }: { subject: string }) {
  const { t } = useLingui()
  const admin = useMay('admin')
  const queryClient = useQueryClient()
  const settings = useQuery(settingsQuery)
  const allow = useMutation({
    mutationFn: async (known: Schemas['SettingsBody']) =>
      body(await api.PUT('/api/v1/settings', { body: { ...known, onlineLookups: true } })),
    onSuccess: (changed) => queryClient.setQueryData(keys.settings, changed),
  })
  const known = settings.data
  const allowed = known?.onlineLookups === true
  return (
    <Panel title={t`Ask the internet`}>
      <div className="flex flex-col gap-3 px-3 py-3 text-sm">
        {known && !allowed && !admin ? (
          <p className="text-muted">
            <Trans>
              Nothing leaves this machine: questions to name servers and registries are off. An administrator can allow
              them.
            </Trans>
          </p>
        ) : null}
        {known && !allowed && admin ? (
          <div className="flex flex-wrap items-center gap-3 text-muted">
            <p className="min-w-0 flex-1 basis-80">
              <Trans>
                Nothing leaves this machine until you allow it. Then the address is told to a name server or a registry,
                each time that somebody clicks.
              </Trans>
            </p>
            <Button size="sm" busy={allow.isPending} onClick={() => allow.mutate(known)}>
              <Trans>Allow online lookups</Trans>
            </Button>
          </div>
        ) : null}
        {allow.error ? <ProblemNote problem={ApiProblem.from(allow.error)} /> : null}
        <div className="grid gap-3 sm:grid-cols-2">
          <Lookup subject={subject} what="name" label={t`Reverse name`} allowed={allowed} />
          <Lookup subject={subject} what="rdap" label={t`Registration`} allowed={allowed} />
        </div>
      </div>
    </Panel>
  )
}

type LookupProps = { subject: string; what: What; label: string; allowed: boolean }

function Lookup({ subject, what, label, allowed }: LookupProps) {
  const { i18n } = useLingui()
  const lookup = useMutation({
    mutationFn: async () =>
      body(await api.POST('/api/v1/addresses/{ip}/lookup', { params: { path: { ip: subject } }, body: { what } })),
  })
  const problem = lookup.error ? ApiProblem.from(lookup.error) : null
  const title = problem && TITLES[problem.code]
  return (
    <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
      <Button size="sm" disabled={!allowed} busy={lookup.isPending} onClick={() => lookup.mutate()}>
        {label}
      </Button>
      <div role="status" className="min-w-0 flex-1">
        {problem ? <ProblemNote problem={problem} title={title && i18n._(title)} /> : null}
        {lookup.data ? <Answer answer={lookup.data} /> : null}
      </div>
    </div>
  )
}

function Answer({ answer }: { answer: Schemas['LookupBody'] }) {
  const { name, rdap } = answer
  if (!name && !rdap) {
    return (
      <span className="text-muted">
        <Trans>There is none.</Trans>
      </span>
    )
  }
  return (
    <div className="flex flex-col gap-1">
      {name ? (
        <span className="group/address font-mono break-all">
          <HostileText text={name} />
          <CopyButton text={name} />
        </span>
      ) : null}
      {rdap ? <Registration rdap={rdap} /> : null}
      <span className="text-xs text-muted">
        <Trans>
          told <Time at={answer.at} />
        </Trans>
      </span>
    </div>
  )
}

function Registration({ rdap }: { rdap: Schemas['RegistrationBody'] }) {
  const { t } = useLingui()
  const rows: [string, string | null | undefined][] = [
    [t`Name`, rdap.name],
    [t`Range`, rdap.range],
    [t`Holder`, rdap.organisation],
    [t`Country`, rdap.country],
    [t`Report abuse to`, rdap.abuseContacts.join(', ')],
    [t`Answered by`, rdap.source],
  ]
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
      {rows.map(([label, value]) =>
        value ? (
          <div key={label} className="contents">
            <dt className="text-muted">{label}</dt>
            <dd className="break-words">
              <HostileText text={value} />
            </dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}
