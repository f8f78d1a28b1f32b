import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ApiProblem, api, body, type Schemas } from '@/api/client'
import { keys } from '@/api/queries'
import { Button } from '@/components/Button'
import { Field, Input } from '@/components/Field'
import { Panel } from '@/components/PageHeader'
import { ProblemNote } from '@/components/ProblemNote'
import { Num, Time } from '@/components/Text'
import { Switch } from '@/components/Toggle'
import { toast } from '@/components/toasts'
import { formatNumber } from '@/lib/format'
import { useMay } from '@/shell/session'
import { historySizeQuery } from './queries'
import { ZoneAndSessions } from './ZoneAndSessions'

type Settings = Schemas['SettingsBody']

const MOST_DAYS = 3_650
const MEGABYTE = 1_000_000

/** All settings, saved together. Who may not change them sees them. */
export function SettingsForm({ known }: { known: Settings }) {
  const { t } = useLingui()
  const may = useMay('admin')
  const queryClient = useQueryClient()
  const [edited, setEdited] = useState<Partial<Settings>>({})
  const [days, setDays] = useState(String(known.retentionDays))
  const retentionDays = /^\d+$/.test(days) ? Number(days) : 0
  const daysAreRight = retentionDays >= 1 && retentionDays <= MOST_DAYS
  const now = { ...known, ...edited, retentionDays }
  const changed = (Object.keys(now) as (keyof Settings)[]).some((key) => now[key] !== known[key])
  const save = useMutation({
    mutationFn: async () => body(await api.PUT('/api/v1/settings', { body: now })),
    onSuccess: (saved) => {
      queryClient.setQueryData(keys.settings, saved)
      setEdited({})
      setDays(String(saved.retentionDays))
      // The zone of all times on the page, and how much of the past is kept.
      void queryClient.invalidateQueries({ queryKey: keys.session })
      void queryClient.invalidateQueries({ queryKey: historySizeQuery.queryKey })
      toast({ text: t`The settings are saved.`, tone: 'good' })
    },
  })
  const times = {
    timeZone: now.timeZone,
    idleSeconds: now.sessionIdleSeconds,
    absoluteSeconds: now.sessionAbsoluteSeconds,
  }
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (may && changed && daysAreRight) save.mutate()
      }}
    >
      <Part title={t`Time zone and sessions`}>
        <ZoneAndSessions
          value={times}
          disabled={!may}
          onChange={({ timeZone, idleSeconds, absoluteSeconds }) =>
            setEdited({ ...edited, timeZone, sessionIdleSeconds: idleSeconds, sessionAbsoluteSeconds: absoluteSeconds })
          }
        />
        <p className="text-sm text-muted">
          <Trans>The times of sessions hold for those that begin from now on.</Trans>
        </p>
      </Part>
      <Part title={t`History`}>
        <Field
          label={t`Days that events are kept`}
          hint={<Kept />}
          error={daysAreRight ? null : t`A number of days from 1 to ${MOST_DAYS}`}
        >
          {(field) => (
            <Input
              {...field}
              className="max-w-32"
              inputMode="numeric"
              value={days}
              disabled={!may}
              onChange={(event) => setDays(event.target.value.trim())}
            />
          )}
        </Field>
        {daysAreRight && retentionDays < known.retentionDays ? (
          <p className="text-sm text-warning">
            <Trans>
              Events older than that, and bans without a jail that ended longer ago, are removed soon after saving, for
              good. What was counted of them stays.
            </Trans>
          </p>
        ) : null}
      </Part>
      <Part title={t`Blocking`}>
        <Switch
          label={<Trans>Connections that are there already stay when their address comes to be blocked</Trans>}
          hint={
            <Trans>
              Concerns blocklists and bans without a jail. On, a download that runs ends by itself and only new
              connections are refused. Off, the next packet is blocked, whoever sends it.
            </Trans>
          }
          checked={now.blockedConnectionsStay}
          disabled={!may}
          onChange={(blockedConnectionsStay) => setEdited({ ...edited, blockedConnectionsStay })}
        />
      </Part>
      <Part title={t`Privacy`}>
        <Switch
          label={<Trans>Operators may ask name servers and registries about an address</Trans>}
          hint={
            <Trans>
              Only when somebody clicks, and it tells others which address is of interest. Off, nothing leaves this
              machine.
            </Trans>
          }
          checked={now.onlineLookups}
          disabled={!may}
          onChange={(onlineLookups) => setEdited({ ...edited, onlineLookups })}
        />
      </Part>
      {save.error ? <ProblemNote problem={ApiProblem.from(save.error)} /> : null}
      {may ? (
        <div className="flex flex-wrap gap-2">
          <Button type="submit" tone="primary" busy={save.isPending} disabled={!changed || !daysAreRight}>
            <Trans>Save</Trans>
          </Button>
          {changed ? (
            <Button
              onClick={() => {
                setEdited({})
                setDays(String(known.retentionDays))
              }}
            >
              <Trans>Discard</Trans>
            </Button>
          ) : null}
        </div>
      ) : (
        <p className="text-sm text-muted">
          <Trans>Only an administrator can change the settings.</Trans>
        </p>
      )}
    </form>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Panel title={title}>
      <div className="flex max-w-3xl flex-col gap-4 px-3 py-3">{children}</div>
    </Panel>
  )
}

/** How much there is now. */
function Kept() {
  const { i18n } = useLingui()
  const { data } = useQuery(historySizeQuery)
  if (!data) return null
  const size = formatNumber(i18n.locale, Math.max(1, Math.round(data.bytes / MEGABYTE)))
  return (
    <>
      <Trans>
        Now <Num value={data.events} /> events in {size} MB.
      </Trans>
      {data.oldest ? (
        <>
          {' '}
          <Trans>
            The oldest is of <Time at={data.oldest} absolute />.
          </Trans>
        </>
      ) : null}
    </>
  )
}
