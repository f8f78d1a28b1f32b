import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useEffect, useState } from 'react'
import { Button } from '@/components/Button'
import { Field, Input, Select } from '@/components/Field'
import { Panel } from '@/components/PageHeader'
import { Segments } from '@/components/Segments'
import { HostileText } from '@/components/Text'
import { formatNumber } from '@/lib/format'
import { type LaboratorySearch, LINE_LIMITS } from '@/routes/laboratory'
import { CodeArea } from './CodeArea'
import { type Drafts, setDrafts } from './drafts'
import { type JailSource, useJailSources } from './use-filters'

type From = NonNullable<LaboratorySearch['lines']> | 'pasted'

type LinesPanelProps = {
  search: LaboratorySearch
  drafts: Drafts
  change: (part: Partial<LaboratorySearch>) => void
}

/** On what it is tried. */
export function LinesPanel({ search, drafts, change }: LinesPanelProps) {
  const { t, i18n } = useLingui()
  const from: From = search.lines ?? 'pasted'
  const sources = useJailSources(search.try === 'regexes' ? undefined : search.filter)
  return (
    <Panel
      title={<Trans>On what</Trans>}
      actions={
        <Segments<From>
          label={t`On what`}
          value={from}
          options={[
            { value: 'pasted', label: <Trans>Pasted lines</Trans> },
            { value: 'file', label: <Trans>Log file</Trans> },
            { value: 'journal', label: <Trans>Journal</Trans> },
          ]}
          onChange={(value) => change({ lines: value === 'pasted' ? undefined : value, regex: undefined })}
        />
      }
    >
      <div className="flex flex-col gap-3 p-3">
        {from === 'pasted' ? <Pasted text={drafts.lines} /> : null}
        {from === 'file' ? (
          <Committed
            label={<Trans>Path</Trans>}
            hint={<Trans>Only in folders that the settings allow, such as /var/log.</Trans>}
            placeholder="/var/log/auth.log"
            value={search.path ?? ''}
            onCommit={(path) => change({ path: path || undefined })}
          />
        ) : null}
        {from === 'journal' ? (
          <Committed
            label={<Trans>Conditions</Trans>}
            hint={
              <Trans>
                As in journalmatch, separated by spaces; <code className="font-mono">+</code> means “or”.
              </Trans>
            }
            placeholder="_SYSTEMD_UNIT=sshd.service + _COMM=sshd"
            value={search.journal ?? ''}
            onCommit={(journal) => change({ journal: journal || undefined })}
          />
        ) : null}
        {from === 'pasted' ? null : (
          <div className="flex flex-wrap items-end gap-3">
            <Field label={<Trans>How many of the last lines</Trans>} className="w-52">
              {(field) => (
                <Select
                  {...field}
                  value={search.most ?? '1000'}
                  options={LINE_LIMITS.map((value) => ({ value, label: formatNumber(i18n.locale, Number(value)) }))}
                  onChange={(most) => change({ most: most === '1000' ? undefined : most })}
                />
              )}
            </Field>
            <Suggestions sources={sources} from={from} change={change} />
          </div>
        )}
      </div>
    </Panel>
  )
}

function Pasted({ text }: { text: string }) {
  const count = text.split('\n').filter((line) => line.trim() !== '').length
  return (
    <Field
      label={<Trans>Log lines</Trans>}
      hint={
        count > 0 ? (
          <Plural value={count} one="# line" other="# lines" />
        ) : (
          <Trans>They stay on this page until it is loaded again.</Trans>
        )
      }
    >
      {(field) => (
        <CodeArea
          {...field}
          className="min-h-32"
          placeholder="Nov 28 12:00:01 gate sshd[4711]: Failed password for root from 192.0.2.1 port 22 ssh2"
          value={text}
          onChange={(lines) => setDrafts({ lines })}
        />
      )}
    </Field>
  )
}

type CommittedProps = {
  label: React.ReactNode
  hint: React.ReactNode
  placeholder: string
  value: string
  onCommit: (value: string) => void
}

/** A field that takes effect by Enter or on leaving it: half a path would be refused at every letter. */
function Committed({ label, hint, placeholder, value, onCommit }: CommittedProps) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  const commit = () => {
    if (typed.trim() !== value) onCommit(typed.trim())
  }
  return (
    <form
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        commit()
      }}
    >
      <Field label={label} hint={hint} className="min-w-0 flex-1">
        {(field) => (
          <Input
            {...field}
            className="font-mono"
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            maxLength={1000}
            placeholder={placeholder}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onBlur={commit}
          />
        )}
      </Field>
      <Button type="submit" className="mt-6">
        <Trans>Test</Trans>
      </Button>
    </form>
  )
}

type SuggestionsProps = { sources: readonly JailSource[]; from: From; change: LinesPanelProps['change'] }

/** What the jails of the filter read. */
function Suggestions({ sources, from, change }: SuggestionsProps) {
  const fitting = sources.filter((source) => (source.kind === 'files' ? 'file' : 'journal') === from)
  if (fitting.length === 0) return null
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2 pb-0.5">
      {fitting.map(({ jail, entry }) => (
        <Button
          key={`${jail} ${entry}`}
          size="sm"
          tone="chip"
          className="max-w-full"
          onClick={() => change(from === 'file' ? { path: entry } : { journal: entry })}
        >
          <span className="truncate">
            <HostileText text={jail} />: <HostileText text={entry} />
          </span>
        </Button>
      ))}
    </div>
  )
}
