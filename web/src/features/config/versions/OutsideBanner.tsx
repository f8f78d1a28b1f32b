import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem } from '@/api/problem'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { Panel } from '@/components/PageHeader'
import { SkeletonRows } from '@/components/Skeleton'
import { HostileText } from '@/components/Text'
import { toast } from '@/components/toasts'
import { ConfigProblem } from '../ConfigProblem'
import { FileDiffs } from '../diff/FileDiffs'
import { configKeys, diffQuery } from '../queries'
import { adoptOutside } from '../requests'
import type { ConfigState } from '../types'

/** Something else than BanGUI has changed files: which, how, and a way to keep that as a version. */
export function OutsideBanner({ state, allowed }: { state: ConfigState; allowed: boolean }) {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  const [open, setOpen] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  async function adopt() {
    setBusy(true)
    setProblem(null)
    try {
      const version = await adoptOutside()
      toast({ text: t`Kept as version ${version.id}.` })
    } catch (error) {
      setProblem(ApiProblem.from(error))
    } finally {
      setBusy(false)
      void queryClient.invalidateQueries({ queryKey: configKeys.all })
    }
  }
  return (
    <>
      <Banner
        tone="warning"
        title={<Trans>Changed outside BanGUI</Trans>}
        actions={
          <>
            {!state.version ? null : (
              <Button size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
                {open ? <Trans>Hide the differences</Trans> : <Trans>Show the differences</Trans>}
              </Button>
            )}
            <Button size="sm" disabled={!allowed} busy={busy} onClick={() => void adopt()}>
              <Trans>Keep as version</Trans>
            </Button>
          </>
        }
      >
        <p>
          <Trans>
            Somebody or something has changed these files since the last version. They are never overwritten unseen.
          </Trans>
        </p>
        <p>
          <HostileText text={state.changedOutside.join(', ')} className="font-mono" />
        </p>
      </Banner>
      {problem ? <ConfigProblem problem={problem} /> : null}
      {open && state.version ? <Differences version={state.version} /> : null}
    </>
  )
}

function Differences({ version }: { version: number }) {
  const { data, error, refetch } = useQuery(diffQuery(version, 'now'))
  if (error) return <ConfigProblem problem={ApiProblem.from(error)} onRetry={() => void refetch()} />
  return (
    <Panel title={<Trans>Version {version} and now</Trans>}>
      {data ? <FileDiffs files={data} /> : <SkeletonRows rows={5} />}
    </Panel>
  )
}
