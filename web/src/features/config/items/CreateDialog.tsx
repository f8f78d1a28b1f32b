import { Trans, useLingui } from '@lingui/react/macro'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useId, useState } from 'react'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { Field, Input } from '@/components/Field'
import type { ListedKind } from '../kinds'
import { useTray } from '../tray/use-tray'
import type { ItemSummary } from '../types'
import { LIMITS, nameFault, TEMPLATES } from './new-item'

type CreateDialogProps = { kind: ListedKind; items: readonly ItemSummary[]; onClose: () => void }

/** A jail, filter or action of one's own. It goes into the tray, and is made when that is applied. */
export default function CreateDialog({ kind, items, onClose }: CreateDialogProps) {
  const { t, i18n } = useLingui()
  const id = useId()
  const tray = useTray()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [filter, setFilter] = useState('')
  const [logpath, setLogpath] = useState('')
  const [text, setText] = useState(kind === 'jail' ? '' : TEMPLATES[kind])
  const [checked, setChecked] = useState(false)
  const fault = nameFault(name, kind, items)
  const filters = items.filter((item) => item.id.kind === 'filter').map((item) => item.id.name)
  const filterFault = kind === 'jail' && !filters.includes(filter)
  function create(event: FormEvent) {
    event.preventDefault()
    setChecked(true)
    if (fault || filterFault) return
    if (kind === 'jail') {
      const options: Record<string, string> = { enabled: 'true', filter }
      if (logpath.trim()) options.logpath = logpath.trim()
      tray.add({ change: 'createJail', jail: name, options })
    } else {
      tray.add({ change: 'createFile', item: { kind, name }, text })
    }
    onClose()
    void navigate({ to: '/config/review' })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={kind === 'jail' ? t`New jail` : kind === 'filter' ? t`New filter` : t`New action`}
      size="lg"
      footer={
        <>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" form={`${id}-form`} tone="primary">
            <Trans>Review it</Trans>
          </Button>
        </>
      }
    >
      <form id={`${id}-form`} noValidate className="flex flex-col gap-3" onSubmit={create}>
        <Field
          label={t`Name`}
          hint={i18n._(LIMITS[kind].hint)}
          error={(checked || name !== '') && fault ? i18n._(fault) : undefined}
        >
          {(field) => (
            <Input
              {...field}
              data-autofocus
              className="max-w-80 font-mono"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {kind === 'jail' ? (
          <>
            <Field
              label={t`Filter`}
              hint={t`What finds the failures in its log.`}
              error={checked && filterFault ? t`There is no such filter.` : undefined}
            >
              {(field) => (
                <>
                  <Input
                    {...field}
                    list={`${id}-filters`}
                    className="max-w-80 font-mono"
                    autoComplete="off"
                    autoCapitalize="none"
                    spellCheck={false}
                    value={filter}
                    onChange={(event) => setFilter(event.target.value)}
                  />
                  <datalist id={`${id}-filters`}>
                    {filters.map((one) => (
                      <option key={one} value={one} />
                    ))}
                  </datalist>
                </>
              )}
            </Field>
            <Field
              label={t`Log files`}
              hint={t`One a line; * stands for any text. Empty where the jail reads the journal.`}
            >
              {(field) => (
                <textarea
                  {...field}
                  rows={2}
                  className="control resize-y py-1.5 font-mono text-sm"
                  spellCheck={false}
                  value={logpath}
                  onChange={(event) => setLogpath(event.target.value)}
                />
              )}
            </Field>
          </>
        ) : (
          <Field label={t`Text of the file`}>
            {(field) => (
              <textarea
                {...field}
                rows={14}
                className="control resize-y overflow-x-auto py-1.5 font-mono text-sm whitespace-pre"
                spellCheck={false}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
        )}
      </form>
    </Dialog>
  )
}
