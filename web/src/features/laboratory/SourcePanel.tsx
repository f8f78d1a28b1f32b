import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Button } from '@/components/Button'
import { Field, Input, Select } from '@/components/Field'
import { Panel } from '@/components/PageHeader'
import { Segments } from '@/components/Segments'
import { useConfigProblemTitle } from '@/features/config/problem-titles'
import type { LaboratorySearch } from '@/routes/laboratory'
import { CodeArea } from './CodeArea'
import { type Drafts, setDrafts } from './drafts'
import { FilterText } from './FilterText'
import { parseParameters } from './parameters'
import { useFilters } from './use-filters'

type Try = NonNullable<LaboratorySearch['try']> | 'filter'

type SourcePanelProps = {
  search: LaboratorySearch
  drafts: Drafts
  change: (part: Partial<LaboratorySearch>) => void
}

/** What is tried: a filter, unsaved text of one, or expressions by themselves. */
export function SourcePanel({ search, drafts, change }: SourcePanelProps) {
  const { t } = useLingui()
  const chosen: Try = search.try ?? 'filter'
  return (
    <Panel
      title={<Trans>What is tried</Trans>}
      actions={
        <Segments<Try>
          label={t`What is tried`}
          value={chosen}
          options={[
            { value: 'filter', label: <Trans>Filter</Trans> },
            { value: 'text', label: <Trans>Unsaved text</Trans> },
            { value: 'regexes', label: <Trans>Expressions</Trans> },
          ]}
          onChange={(value) => change({ try: value === 'filter' ? undefined : value, regex: undefined })}
        />
      }
    >
      <div className="flex flex-col gap-3 p-3">
        {chosen === 'regexes' ? (
          <Expressions drafts={drafts} />
        ) : (
          <>
            <div className="grid gap-3 sm:grid-cols-2">
              <FilterSelect value={search.filter} change={change} />
              <ParametersField
                key={search.filter}
                value={search.parameters ?? ''}
                onChange={(parameters) => change({ parameters: parameters || undefined })}
              />
            </div>
            {chosen === 'text' && search.filter ? <FilterText key={search.filter} filter={search.filter} /> : null}
            {chosen === 'filter' && search.filter ? (
              <Button size="sm" className="self-start" onClick={() => change({ try: 'text', regex: undefined })}>
                <Trans>Try a change of this filter</Trans>
              </Button>
            ) : null}
          </>
        )}
      </div>
    </Panel>
  )
}

function FilterSelect({ value, change }: { value: string | undefined; change: SourcePanelProps['change'] }) {
  const { t } = useLingui()
  const { filters, problem } = useFilters()
  const title = useConfigProblemTitle()
  const known = filters.some((filter) => filter.name === value)
  return (
    <Field
      label={<Trans>Filter</Trans>}
      error={problem ? t`The filters could not be read: ${title(problem)}` : undefined}
    >
      {(field) => (
        <Select
          {...field}
          value={value ?? ''}
          options={[
            ...(value ? [] : [{ value: '', label: t`Choose a filter` }]),
            // One of a link may be gone, or not be loaded yet.
            ...(value && !known ? [{ value, label: value }] : []),
            ...filters.map(({ name, usedBy }) => {
              const jails = usedBy.join(', ')
              return { value: name, label: jails ? t`${name} (used by ${jails})` : name }
            }),
          ]}
          onChange={(filter) => change({ filter: filter || undefined, regex: undefined })}
        />
      )}
    </Field>
  )
}

function ParametersField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useLingui()
  const [typed, setTyped] = useState(value)
  const wrong = parseParameters(typed) === null
  return (
    <Field
      label={<Trans>Parameters</Trans>}
      error={wrong ? t`Write each as name=value, separated by commas.` : undefined}
    >
      {(field) => (
        <Input
          {...field}
          className="font-mono"
          placeholder="mode=aggressive"
          spellCheck={false}
          autoComplete="off"
          maxLength={200}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            onChange(event.target.value.trim())
          }}
        />
      )}
    </Field>
  )
}

function Expressions({ drafts }: { drafts: Drafts }) {
  return (
    <>
      <Field
        label={
          <>
            <Trans>Failures</Trans> <span className="font-mono text-xs font-normal text-muted">failregex</span>
          </>
        }
        hint={
          <Trans>
            One a line. <code className="font-mono">&lt;HOST&gt;</code>, <code className="font-mono">&lt;ADDR&gt;</code>{' '}
            and <code className="font-mono">&lt;F-USER&gt;</code> are understood as in a filter.
          </Trans>
        }
      >
        {(field) => (
          <CodeArea
            {...field}
            className="min-h-24"
            placeholder="^Failed password for <F-USER>\S+</F-USER> from <HOST>"
            value={drafts.failregex}
            onChange={(failregex) => setDrafts({ failregex })}
          />
        )}
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label={
            <>
              <Trans>Lines left alone</Trans>{' '}
              <span className="font-mono text-xs font-normal text-muted">ignoreregex</span>
            </>
          }
        >
          {(field) => (
            <CodeArea
              {...field}
              className="min-h-14"
              value={drafts.ignoreregex}
              onChange={(ignoreregex) => setDrafts({ ignoreregex })}
            />
          )}
        </Field>
        <Field
          label={
            <>
              <Trans>Date pattern</Trans> <span className="font-mono text-xs font-normal text-muted">datepattern</span>
            </>
          }
          hint={<Trans>Empty: fail2ban recognises the usual forms by itself.</Trans>}
        >
          {(field) => (
            <Input
              {...field}
              className="font-mono"
              spellCheck={false}
              autoComplete="off"
              value={drafts.datepattern}
              onChange={(event) => setDrafts({ datepattern: event.target.value })}
            />
          )}
        </Field>
      </div>
    </>
  )
}
