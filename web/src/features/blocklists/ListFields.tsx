import { Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { ApiProblem } from '@/api/client'
import { Field, Input, Select } from '@/components/Field'
import { Segments } from '@/components/Segments'
import { Checkbox, Switch } from '@/components/Toggle'
import { fieldFault } from '@/features/blocking/field-fault'
import { formatDuration } from '@/lib/format'
import { type Draft, INTERVALS, isHttp, isListJail, JAIL_PREFIX, urlFault } from './draft'

/** What the server may find fault with, as it names it. */
export const FIELDS = ['name', 'url', 'everySeconds', 'note', 'target.jail', 'allowHttp']

const MOST_NAME = 80
const MOST_NOTE = 500

type ListFieldsProps = {
  draft: Draft
  onChange: (to: Partial<Draft>) => void
  /** Whether somebody wanted to save already: only then empty fields are called wrong. */
  checked: boolean
  problem: ApiProblem | null
  /** The button that fetches it for a look. */
  look: ReactNode
  /** What came of the look. */
  looked: ReactNode
}

export function ListFields({ draft, onChange, checked, problem, look, looked }: ListFieldsProps) {
  const { t } = useLingui()
  return (
    <>
      <Address draft={draft} onChange={onChange} checked={checked} problem={problem} look={look} />
      {looked}
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label={<Trans>Name</Trans>}
          error={
            problem?.code === 'blocklist-name-taken'
              ? t`Another blocklist has this name.`
              : checked && draft.name.trim() === ''
                ? t`Give it a name.`
                : fieldFault(problem, 'name')
          }
        >
          {(field) => (
            <Input
              {...field}
              autoComplete="off"
              maxLength={MOST_NAME}
              value={draft.name}
              onChange={(event) => onChange({ name: event.target.value })}
            />
          )}
        </Field>
        <Every draft={draft} onChange={onChange} problem={problem} />
      </div>
      <Target draft={draft} onChange={onChange} checked={checked} problem={problem} />
      <Field label={<Trans>What is blocked</Trans>} className="sm:max-w-md">
        {(field) => (
          <Select
            {...field}
            value={draft.direction}
            disabled={draft.carriedOutBy === 'jail'}
            options={[
              { value: 'in', label: t`What comes from them` },
              { value: 'inAndOut', label: t`What comes from them, and what goes to them` },
            ]}
            onChange={(direction) => onChange({ direction })}
          />
        )}
      </Field>
      <Field label={<Trans>Comment</Trans>} error={fieldFault(problem, 'note')}>
        {(field) => (
          <Input
            {...field}
            autoComplete="off"
            maxLength={MOST_NOTE}
            value={draft.note}
            onChange={(event) => onChange({ note: event.target.value })}
          />
        )}
      </Field>
      <Switch
        label={<Trans>Enabled</Trans>}
        hint={<Trans>Off, it is not fetched, and nothing of it is blocked.</Trans>}
        checked={draft.enabled}
        onChange={(enabled) => onChange({ enabled })}
      />
    </>
  )
}

type PartProps = Pick<ListFieldsProps, 'draft' | 'onChange' | 'checked' | 'problem'>

function Address({ draft, onChange, checked, problem, look }: PartProps & { look: ReactNode }) {
  const { t } = useLingui()
  const fault = urlFault(draft.url, draft.allowHttp)
  const said = {
    none: checked ? t`From where is it fetched?` : null,
    notWeb: checked ? t`Write an address that begins with https://` : null,
    http: null,
  }
  return (
    <>
      <div className="flex flex-wrap items-end gap-2">
        <Field
          label={<Trans>Address of the list</Trans>}
          className="min-w-52 flex-1"
          error={(fault && said[fault]) || fieldFault(problem, 'url')}
        >
          {(field) => (
            <Input
              {...field}
              type="url"
              data-autofocus
              className="font-mono"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              placeholder="https://lists.example.org/addresses.txt"
              value={draft.url}
              onChange={(event) => onChange({ url: event.target.value })}
            />
          )}
        </Field>
        {look}
      </div>
      {isHttp(draft.url) ? (
        <div className="rounded-md border border-l-4 border-l-warning px-3 py-2">
          <Checkbox
            label={<Trans>Fetch it without encryption</Trans>}
            hint={
              <Trans>
                Whoever is on the way can then change the list, and choose whom this machine blocks. Take https:// where
                the list is offered so.
              </Trans>
            }
            checked={draft.allowHttp}
            onChange={(allowHttp) => onChange({ allowHttp })}
          />
        </div>
      ) : null}
    </>
  )
}

function Every({ draft, onChange, problem }: Omit<PartProps, 'checked'>) {
  const { i18n, t } = useLingui()
  const seconds = [...new Set([...INTERVALS, draft.everySeconds])].sort((a, b) => a - b)
  return (
    <Field label={<Trans>How often</Trans>} error={fieldFault(problem, 'everySeconds')}>
      {(field) => (
        <Select
          {...field}
          value={String(draft.everySeconds)}
          options={seconds.map((one) => {
            const every = formatDuration(i18n, one)
            return { value: String(one), label: t`every ${every}` }
          })}
          onChange={(every) => onChange({ everySeconds: Number(every) })}
        />
      )}
    </Field>
  )
}

function Target({ draft, onChange, checked, problem }: PartProps) {
  const { t } = useLingui()
  const byJail = draft.carriedOutBy === 'jail'
  return (
    <div className="flex flex-col gap-1">
      <p className="text-sm font-medium" aria-hidden="true">
        <Trans>Carried out by</Trans>
      </p>
      <Segments
        label={t`Carried out by`}
        value={draft.carriedOutBy}
        options={[
          { value: 'firewall', label: <Trans>the firewall</Trans> },
          { value: 'jail', label: <Trans>a jail of fail2ban</Trans> },
        ]}
        onChange={(carriedOutBy) => onChange({ carriedOutBy, direction: 'in' })}
      />
      <p className="text-sm text-muted">
        {byJail ? (
          <Trans>
            fail2ban bans one address after the other: some seconds for hundreds of them, most of an hour for 100,000,
            and its actions mostly cannot block networks.
          </Trans>
        ) : (
          <Trans>BanGUI’s own table takes all of it at once, within seconds, also while fail2ban is down.</Trans>
        )}
      </p>
      {byJail ? (
        <Field
          label={<Trans>Jail</Trans>}
          hint={<Trans>A jail that is there only for lists: its name begins with {JAIL_PREFIX}.</Trans>}
          error={
            checked && !isListJail(draft.jail)
              ? t`A name that begins with ${JAIL_PREFIX}, of letters, digits, - and _, at most 25 characters.`
              : fieldFault(problem, 'target.jail')
          }
          className="mt-1 sm:max-w-md"
        >
          {(field) => (
            <Input
              {...field}
              className="font-mono"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              value={draft.jail}
              onChange={(event) => onChange({ jail: event.target.value })}
            />
          )}
        </Field>
      ) : null}
    </div>
  )
}
