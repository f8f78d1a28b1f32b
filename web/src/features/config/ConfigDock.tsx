import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { useHotkeys } from '@/shell/hotkeys'
import { ConfirmBar } from './ConfirmBar'
import { stateQuery } from './queries'
import { useTray } from './tray/use-tray'

/** On every page: a change that waits to be confirmed, and edits that wait to be reviewed. Nothing while there is neither. */
export function ConfigDock() {
  const { data: state, dataUpdatedAt } = useQuery(stateQuery)
  return (
    <>
      <ConfirmBar state={state} askedAt={dataUpdatedAt} />
      <TrayBar />
    </>
  )
}

function TrayBar() {
  const { t } = useLingui()
  const { edits } = useTray()
  const navigate = useNavigate()
  const reviewing = useRouterState({ select: (state) => state.location.pathname.endsWith('/config/review') })
  useHotkeys({ r: () => edits.length > 0 && void navigate({ to: '/config/review' }) })
  if (edits.length === 0 || reviewing) return null
  return (
    <section
      aria-label={t`Edits of the configuration`}
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b bg-accent-soft px-3 py-1.5 text-fg"
    >
      <p role="status" className="min-w-0">
        <Plural
          value={edits.length}
          one="# edit of the configuration is not applied yet."
          other="# edits of the configuration are not applied yet."
        />
      </p>
      <Link to="/config/review" className="ml-auto font-medium text-accent hover:underline">
        <Trans>Review and apply</Trans>
      </Link>
    </section>
  )
}
