import { Trans, useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'
import { Table, Td, Th, Tr } from '@/components/Table'
import { CopyButton, HostileText, Num, Time } from '@/components/Text'
import { unreadBytes } from './read-to'

type Log = Schemas['LogHealthBody']

/** The log files of a jail, each with how far it was read. */
export function LogFiles({ paths, logs }: { paths: readonly string[]; logs: readonly Log[] }) {
  const { t } = useLingui()
  return (
    <Table label={t`Log files`}>
      <thead>
        <Tr>
          <Th>
            <Trans>File</Trans>
          </Th>
          <Th num>
            <Trans>Last written</Trans>
          </Th>
          <Th num>
            <Trans>Bytes</Trans>
          </Th>
          <Th num>
            <Trans>Position noted</Trans>
          </Th>
        </Tr>
      </thead>
      <tbody>
        {paths.map((path) => (
          <LogRow key={path} path={path} log={logs.find((one) => one.path === path)} />
        ))}
      </tbody>
    </Table>
  )
}

function LogRow({ path, log }: { path: string; log: Log | undefined }) {
  const { t } = useLingui()
  return (
    <Tr>
      <Td>
        <span className="inline-flex items-center gap-2">
          <code className="min-w-0 font-mono text-sm break-all whitespace-pre-wrap">
            <HostileText text={path} />
          </code>
          <CopyButton text={path} />
        </span>
      </Td>
      <Td num label={t`Last written`}>
        <Time at={log?.writtenAt} />
      </Td>
      <Td num label={t`Bytes`}>
        <Num value={log?.size} />
      </Td>
      <Td num label={t`Position noted`} className="sm:py-1">
        {log ? <ReadTo log={log} /> : '–'}
      </Td>
    </Tr>
  )
}

function ReadTo({ log }: { log: Log }) {
  const unread = unreadBytes(log)
  if (unread === 0) return <Trans>the end</Trans>
  return (
    <>
      <Num value={log.readTo} />
      {unread === undefined ? null : (
        <span className="block text-xs text-muted">
          <Trans>
            <Num value={unread} /> before the end
          </Trans>
        </span>
      )}
    </>
  )
}
