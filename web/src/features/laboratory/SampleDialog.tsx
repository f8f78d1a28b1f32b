import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { ApiProblem } from '@/api/client'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { Field, Input, Textarea } from '@/components/Field'
import { Segments } from '@/components/Segments'
import { ConfigProblem } from '@/features/config/ConfigProblem'
import { visible } from '@/lib/hostile'
import type { Sample } from './queries'

type SampleDialogProps = {
  filter: string
  /** The one to change; `null` for a new one. */
  sample: Sample | null
  onSave: (sample: Sample) => Promise<void>
  onClose: () => void
}

type Expected = 'host' | 'none'

/** A line, and what the filter must make of it. */
export function SampleDialog({ filter, sample, onSave, onClose }: SampleDialogProps) {
  const { t } = useLingui()
  const [line, setLine] = useState(sample?.line ?? '')
  const [expected, setExpected] = useState<Expected>(sample && !sample.host ? 'none' : 'host')
  const [host, setHost] = useState(sample?.host ?? '')
  const [note, setNote] = useState(sample?.note ?? '')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const ready = line.trim() !== '' && (expected === 'none' || host.trim() !== '')
  const name = visible(filter)
  async function save() {
    setBusy(true)
    setProblem(null)
    try {
      await onSave({ line, host: expected === 'host' ? host.trim() : null, note: note.trim() })
      onClose()
    } catch (error) {
      setProblem(ApiProblem.from(error))
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      locked={busy}
      title={sample ? <Trans>Change a sample of {name}</Trans> : <Trans>Add a sample to {name}</Trans>}
      footer={
        <>
          <Button onClick={onClose} disabled={busy}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" busy={busy} disabled={!ready} onClick={() => void save()}>
            {sample ? <Trans>Save sample</Trans> : <Trans>Add sample</Trans>}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !busy) void save()
        }}
      >
        <Field label={<Trans>Log line</Trans>}>
          {(field) => (
            <Textarea
              {...field}
              data-autofocus
              className="font-mono break-all"
              spellCheck={false}
              value={line}
              // A sample is one line, also when more was pasted with it.
              onChange={(event) => setLine(event.target.value.replace(/[\r\n]+/g, ' '))}
            />
          )}
        </Field>
        <Segments<Expected>
          label={t`Expected`}
          value={expected}
          options={[
            { value: 'host', label: <Trans>must count against</Trans> },
            { value: 'none', label: <Trans>must not match</Trans> },
          ]}
          onChange={setExpected}
        />
        {expected === 'host' ? (
          <Field label={<Trans>Host</Trans>} hint={<Trans>The address or name that is to be counted.</Trans>}>
            {(field) => (
              <Input
                {...field}
                className="font-mono"
                spellCheck={false}
                autoComplete="off"
                placeholder="192.0.2.1"
                value={host}
                onChange={(event) => setHost(event.target.value)}
              />
            )}
          </Field>
        ) : null}
        <Field label={<Trans>Comment</Trans>}>
          {(field) => (
            <Input
              {...field}
              autoComplete="off"
              maxLength={200}
              placeholder={t`What it is about`}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        {problem ? <ConfigProblem problem={problem} /> : null}
        <button type="submit" className="hidden" aria-hidden="true" tabIndex={-1} />
      </form>
    </Dialog>
  )
}
