import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, body, LOCAL_HOST, type Schemas } from '@/api/client'
import { statusQuery } from '@/api/queries'
import { Badge } from '@/components/Badge'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/Dialog'
import { Icon } from '@/components/Icon'
import { Panel } from '@/components/PageHeader'
import { HostileText, Num } from '@/components/Text'
import { FlushButton } from '@/features/log/FlushButton'
import { formatDuration } from '@/lib/format'
import { useMay } from '@/shell/session'

type Report = Schemas['RestartReportBody']

/** The daemon as a program: opening its logs anew, and restarting it. */
export function RestartPanel() {
  const admin = useMay('admin')
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState(false)
  const [report, setReport] = useState<Report | null>(null)
  if (!admin) return null
  async function restart() {
    setReport(null)
    try {
      setReport(
        body(
          await api.POST('/api/v1/hosts/{host}/daemon/restart', { params: { path: { host: LOCAL_HOST } }, body: {} }),
        ),
      )
    } finally {
      // Jails, bans, settings: all of it is new, also when it failed half-way.
      void queryClient.invalidateQueries({ queryKey: ['host', LOCAL_HOST] })
      void queryClient.invalidateQueries({ queryKey: ['bans'] })
    }
  }
  return (
    <>
      {report ? <Outcome report={report} /> : null}
      <Panel
        title={<Trans>The daemon</Trans>}
        actions={
          <>
            <FlushButton />
            <Button onClick={() => setAsking(true)}>
              <Icon name="refresh" />
              <Trans>Restart fail2ban…</Trans>
            </Button>
          </>
        }
      >
        <p className="px-3 py-2 text-sm text-muted">
          <Trans>
            Most changes need no restart: what is applied here is loaded into the running daemon. A restart helps when
            fail2ban itself was updated or does not do what it should.
          </Trans>
        </p>
      </Panel>
      <RestartDialog open={asking} onClose={() => setAsking(false)} onConfirm={restart} />
    </>
  )
}

type RestartDialogProps = { open: boolean; onClose: () => void; onConfirm: () => Promise<void> }

/** Says what a restart does, with the figures of this moment. */
function RestartDialog({ open, onClose, onConfirm }: RestartDialogProps) {
  const { t } = useLingui()
  const status = useQuery({ ...statusQuery, enabled: open })
  const totals = status.data?.totals
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      danger
      // What has to be typed is the command, in every language.
      typed="restart"
      title={t`Restart fail2ban`}
      verb={<Trans>Restart fail2ban</Trans>}
      onConfirm={onConfirm}
    >
      <ul className="flex list-disc flex-col gap-1.5 pl-4">
        <li>
          {totals ? (
            <Plural
              value={totals.jails}
              one="The jail ends and starts anew. Until then nothing is watched and nobody new is banned."
              other="All # jails end and start anew. Until then nothing is watched and nobody new is banned."
            />
          ) : (
            <Trans>All jails end and start anew. Until then nothing is watched and nobody new is banned.</Trans>
          )}
        </li>
        <li>
          {totals ? (
            <Plural
              value={totals.currentlyBanned}
              one="# banned address is free until fail2ban has set its ban again from its database."
              other="# banned addresses are free until fail2ban has set their bans again from its database."
            />
          ) : (
            <Trans>Bans are lifted, and set again from fail2ban’s database.</Trans>
          )}
        </li>
        <li>
          <Trans>
            Failures that were counted so far, and settings that were changed only until the next reload, are gone.
          </Trans>
        </li>
      </ul>
    </ConfirmDialog>
  )
}

/** What runs after the restart, and what does not. */
function Outcome({ report }: { report: Report }) {
  const { i18n } = useLingui()
  const lost = report.jailsLost.length
  const took = formatDuration(i18n, Math.max(1, Math.round(report.milliseconds / 1_000)))
  return (
    <Banner
      tone={lost > 0 ? 'danger' : 'good'}
      role={lost > 0 ? 'alert' : 'status'}
      title={
        lost > 0 ? (
          <Plural
            value={lost}
            one="fail2ban was restarted, but # jail does not run any more"
            other="fail2ban was restarted, but # jails do not run any more"
          />
        ) : (
          <Trans>fail2ban was restarted</Trans>
        )
      }
    >
      <p>
        {report.by === 'service' ? (
          <Trans>By the service manager, in {took}.</Trans>
        ) : (
          <Trans>By the commands of the settings, in {took}.</Trans>
        )}
      </p>
      {lost > 0 ? (
        <p className="mt-1 flex flex-wrap items-center gap-1">
          <Trans>Lost:</Trans> <JailNames names={report.jailsLost} tone="danger" />
        </p>
      ) : null}
      <p className="mt-1 flex flex-wrap items-center gap-1">
        <span>
          <Trans>Running:</Trans> <Num value={report.running.length} />
        </span>
        <JailNames names={report.running} tone="neutral" />
      </p>
    </Banner>
  )
}

function JailNames({ names, tone }: { names: readonly string[]; tone: 'danger' | 'neutral' }) {
  return names.map((name) => (
    <Badge key={name} tone={tone}>
      <HostileText text={name} />
    </Badge>
  ))
}
