import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { Icon } from '@/components/Icon'
import { AnchoredMenu, type MenuItem } from '@/components/Menu'
import { Table, Td, Th, ThActions, Tr } from '@/components/Table'
import { HostileText, Num, Time } from '@/components/Text'
import { visible } from '@/lib/hostile'
import { Failure } from '../Failure'
import { EditPlace, EditWords } from '../tray/EditWords'
import type { Version } from '../types'
import { ORIGIN_WORDS, OUTCOMES } from './words'

type VersionTableProps = {
  versions: readonly Version[]
  /** The newest that is in force. */
  current: number | null
  /** Without a second one: with what is there now. */
  onCompare: (version: number, other?: number) => void
  onRestore: ((version: Version) => void) | undefined
}

export function VersionTable({ versions, current, onCompare, onRestore }: VersionTableProps) {
  const { t } = useLingui()
  const [menu, setMenu] = useState<{ version: Version; anchor: HTMLElement } | null>(null)
  return (
    <>
      <Table label={t`Versions of the configuration`}>
        <thead>
          <Tr>
            <Th num>
              <Trans>Version</Trans>
            </Th>
            <Th>
              <Trans>When</Trans>
            </Th>
            <Th>
              <Trans>Who</Trans>
            </Th>
            <Th>
              <Trans>What and why</Trans>
            </Th>
            <Th>
              <Trans>Outcome</Trans>
            </Th>
            <ThActions />
          </Tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <VersionRow
              key={version.id}
              version={version}
              current={version.id === current}
              open={menu?.version.id === version.id}
              onMenu={(anchor) => setMenu((now) => (now?.version.id === version.id ? null : { version, anchor }))}
            />
          ))}
        </tbody>
      </Table>
      {menu ? (
        <VersionMenu
          version={menu.version}
          anchor={menu.anchor}
          before={versions.find((other) => other.id < menu.version.id)}
          onCompare={onCompare}
          onRestore={menu.version.id === current ? undefined : onRestore}
          onClose={() => setMenu(null)}
        />
      ) : null}
    </>
  )
}

type VersionMenuProps = {
  version: Version
  anchor: HTMLElement
  /** The one before it. */
  before: Version | undefined
  onCompare: VersionTableProps['onCompare']
  onRestore: VersionTableProps['onRestore']
  onClose: () => void
}

function VersionMenu({ version, anchor, before, onCompare, onRestore, onClose }: VersionMenuProps) {
  const { t } = useLingui()
  const items: MenuItem[] = [{ label: t`What differs from now`, onSelect: () => onCompare(version.id) }]
  if (before) items.push({ label: t`What it changed`, onSelect: () => onCompare(before.id, version.id) })
  if (onRestore) {
    items.push('separator', {
      label: t`Bring it back…`,
      hint: t`Its files as a change that you review first.`,
      onSelect: () => onRestore(version),
    })
  }
  return <AnchoredMenu label={t`Version ${version.id}`} items={items} anchor={anchor} onClose={onClose} />
}

type VersionRowProps = { version: Version; current: boolean; open: boolean; onMenu: (anchor: HTMLElement) => void }

function VersionRow({ version, current, open, onMenu }: VersionRowProps) {
  const { t, i18n } = useLingui()
  const { id, at, author, outcome } = version
  const { word, tone } = OUTCOMES[outcome]
  return (
    <Tr className="relative">
      <Td num className="font-medium max-sm:text-lg">
        <Num value={id} />
      </Td>
      <Td label={t`When`}>
        <Time at={at} />
      </Td>
      <Td label={t`Who`}>
        <span title={author.address ?? undefined}>
          {author.name ? <HostileText text={author.name} /> : <Trans>BanGUI itself</Trans>}
        </span>
      </Td>
      <Td label={t`What and why`} className="max-w-xl">
        <What version={version} />
      </Td>
      <Td label={t`Outcome`}>
        <span className="flex flex-wrap gap-1">
          <Badge tone={tone}>{i18n._(word)}</Badge>
          {current ? <Badge tone="accent">{t`in force now`}</Badge> : null}
        </span>
      </Td>
      <Td className="max-sm:absolute max-sm:top-1.5 max-sm:right-1.5">
        <Button
          tone="ghost"
          size="sm"
          square
          aria-label={t`Version ${id}`}
          aria-haspopup="menu"
          aria-expanded={open}
          onClick={(event) => onMenu(event.currentTarget)}
        >
          <Icon name="more" />
        </Button>
      </Td>
    </Tr>
  )
}

/** So many changes are told in a row; the comparison tells all. */
const TOLD = 3

function What({ version }: { version: Version }) {
  const { i18n } = useLingui()
  const { note, origin, changes, touched, failed, undone, confirmed, finishedAtStart } = version
  const more = changes.length - TOLD
  return (
    <div className="flex min-w-0 flex-col gap-0.5 py-1">
      {note ? <HostileText text={note} className="break-words" /> : null}
      {origin === 'applied' ? null : <span className="text-sm">{i18n._(ORIGIN_WORDS[origin])}</span>}
      {finishedAtStart ? (
        <span className="text-sm">
          <Trans>BanGUI had ended in the middle of it; its next start saw it through.</Trans>
        </span>
      ) : null}
      {confirmed ? (
        <span className="text-sm" title={confirmed.author.address ?? undefined}>
          <Trans>
            Confirmed by <HostileText text={confirmed.author.name ?? ''} />, <Time at={confirmed.at} />
          </Trans>
        </span>
      ) : null}
      {changes.slice(0, TOLD).map((change, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the changes of a version never change.
        <span key={index} className="text-sm break-words text-muted">
          <EditPlace change={change} />: <EditWords change={change} />
        </span>
      ))}
      {more > 0 ? (
        <span className="text-sm text-muted">
          <Trans>and {more} more</Trans>
        </span>
      ) : null}
      {changes.length === 0 && touched.length > 0 ? (
        <span className="font-mono text-xs break-all text-muted">{touched.map(visible).join(', ')}</span>
      ) : null}
      {failed ? (
        <div className="text-sm text-danger">
          <Failure why={failed} what={({ version }) => version} />
        </div>
      ) : null}
      {undone?.problem ? (
        <div className="text-sm text-danger">
          <Failure why={undone.problem} what={({ undo }) => undo} />
        </div>
      ) : null}
    </div>
  )
}
