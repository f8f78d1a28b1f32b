import { Trans, useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiProblem, type Schemas } from '@/api/client'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/Dialog'
import { EmptyState } from '@/components/EmptyState'
import { Field, Input } from '@/components/Field'
import { Panel } from '@/components/PageHeader'
import { ProblemNote, useProblemTitle } from '@/components/ProblemNote'
import { HostileText } from '@/components/Text'
import { Switch } from '@/components/Toggle'
import { toast } from '@/components/toasts'
import { visible } from '@/lib/hostile'
import { askAgain } from './ask-again'
import { useChanging } from './changing'
import { canBeAddedAgain, ignoreKind } from './ignore-entry'
import { addIgnored, removeIgnored, setIgnoreSelf } from './requests'
import { TextList } from './TextList'
import { UntilReload } from './UntilReload'

const UNDO_SECONDS = 8

/** Whom the jail never bans. */
export function IgnoreTab({ jail, settings }: { jail: string; settings: Schemas['JailSettingsBody'] }) {
  const { ignoreIp, ignoreSelf, ignoreCommand } = settings
  return (
    <div className="flex flex-col gap-3">
      <UntilReload />
      <Panel title={<Trans>Never banned by this jail</Trans>}>
        <AddEntry jail={jail} entries={ignoreIp} />
        <Entries jail={jail} entries={ignoreIp} />
      </Panel>
      <Panel title={<Trans>This machine</Trans>}>
        <div className="px-3 py-2.5">
          <IgnoreSelf jail={jail} enabled={ignoreSelf ?? null} />
        </div>
      </Panel>
      {ignoreCommand ? (
        <Panel title={<Trans>Ignore command</Trans>}>
          <p className="px-3 py-2 text-sm text-muted">
            <Trans>fail2ban runs this for an address that failed. When it succeeds, the address is left alone.</Trans>
          </p>
          <TextList items={[ignoreCommand]} />
        </Panel>
      ) : null}
    </div>
  )
}

function AddEntry({ jail, entries }: { jail: string; entries: readonly string[] }) {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  const { allowed, reason } = useChanging()
  const [typed, setTyped] = useState('')
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const entry = typed.trim()
  const fault = faultOf()

  function faultOf(): string | null {
    if (entry === '') return t`Write an address, a network such as 192.0.2.0/24, or a host name.`
    if (entries.includes(entry)) return t`This is on the list already.`
    const kind = ignoreKind(entry)
    if (kind === 'everything') return t`This network holds every address: the jail would never ban anybody.`
    if (kind === 'other') return t`This is no address, network or host name.`
    return null
  }

  async function add(event: FormEvent) {
    event.preventDefault()
    setAsked(true)
    if (fault || busy) return
    setBusy(true)
    setProblem(null)
    try {
      const now = await addIgnored(jail, entry)
      await askAgain(queryClient)
      const fresh = now.filter((one) => !entries.includes(one)).map(visible)
      const name = visible(jail)
      const what = fresh.length === 1 ? fresh[0] : visible(entry)
      toast({ text: t`${what} is never banned by ${name}, until the next reload.`, key: `ignore ${jail} ${entry}` })
      setTyped('')
      setAsked(false)
    } catch (error) {
      setProblem(ApiProblem.from(error))
    } finally {
      setBusy(false)
    }
  }

  const said = problem?.fieldMessage('entry')
  return (
    <form className="flex flex-col gap-2 border-b px-3 py-2.5" onSubmit={add} noValidate>
      <div className="flex flex-wrap items-end gap-2">
        <Field
          label={<Trans>Address, network or host name</Trans>}
          className="min-w-52 flex-1 sm:max-w-96"
          error={(asked && fault) || said}
        >
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={300}
              placeholder="192.0.2.0/24"
              className="font-mono"
              disabled={!allowed}
              title={reason}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value)
                setAsked(false)
                setProblem(null)
              }}
            />
          )}
        </Field>
        <Button type="submit" tone="primary" disabled={!allowed} title={reason} busy={busy}>
          <Trans>Add to the list</Trans>
        </Button>
      </div>
      <p className="text-sm text-muted">
        <Trans>Their failures no longer count. Who is banned already stays banned until the ban ends.</Trans>
      </p>
      {problem && !said ? <ProblemNote problem={problem} /> : null}
    </form>
  )
}

function Entries({ jail, entries }: { jail: string; entries: readonly string[] }) {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  const title = useProblemTitle()
  const { allowed, reason } = useChanging()
  const [removing, setRemoving] = useState<string | null>(null)
  const [final, setFinal] = useState<string | null>(null)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const name = visible(jail)

  async function putBack(entry: string) {
    const what = visible(entry)
    try {
      await addIgnored(jail, entry)
      toast({ text: t`${what} is on the list again.`, key: `ignore ${jail} ${entry}` })
    } catch (error) {
      toast({ text: t`${what} could not be put back.`, detail: title(ApiProblem.from(error)), tone: 'danger' })
    } finally {
      await askAgain(queryClient)
    }
  }

  async function remove(entry: string, undo: boolean) {
    const what = visible(entry)
    try {
      await removeIgnored(jail, entry)
      await askAgain(queryClient)
    } catch (error) {
      await askAgain(queryClient)
      throw error
    }
    const text = t`${what} can be banned by ${name} again, until the next reload.`
    const key = `ignore ${jail} ${entry}`
    toast(undo ? { text, key, seconds: UNDO_SECONDS, undo: () => void putBack(entry) } : { text, key })
  }

  async function press(entry: string) {
    if (!canBeAddedAgain(entry)) return setFinal(entry)
    setRemoving(entry)
    setProblem(null)
    try {
      await remove(entry, true)
    } catch (error) {
      setProblem(ApiProblem.from(error))
    } finally {
      setRemoving(null)
    }
  }

  return (
    <>
      {problem ? (
        <div className="border-b p-3">
          <ProblemNote problem={problem} />
        </div>
      ) : null}
      {entries.length === 0 ? (
        <EmptyState title={<Trans>The list is empty.</Trans>}>
          <Trans>Add the addresses from which you work, so that a mistyped password does not lock you out.</Trans>
        </EmptyState>
      ) : (
        <TextList
          items={entries}
          action={(entry) => (
            <Button
              size="sm"
              disabled={!allowed}
              title={reason}
              busy={removing === entry}
              aria-label={t`Remove ${visible(entry)}`}
              onClick={() => void press(entry)}
            >
              <Trans>Remove</Trans>
            </Button>
          )}
        />
      )}
      <ConfirmDialog
        open={final !== null}
        onClose={() => setFinal(null)}
        title={<Trans>Remove from the ignore list</Trans>}
        verb={<Trans>Remove</Trans>}
        danger
        onConfirm={async () => {
          if (final !== null) await remove(final, false)
        }}
      >
        <Trans>
          <HostileText text={final ?? ''} className="font-mono" /> is no address, network or host name, so BanGUI cannot
          put it back: only a reload of the jail does.
        </Trans>
      </ConfirmDialog>
    </>
  )
}

function IgnoreSelf({ jail, enabled }: { jail: string; enabled: boolean | null }) {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  const { allowed, reason } = useChanging()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  async function change(to: boolean) {
    setBusy(true)
    setProblem(null)
    try {
      const now = await setIgnoreSelf(jail, to)
      await askAgain(queryClient)
      const name = visible(jail)
      toast({
        text: now
          ? t`${name} never bans this machine’s own addresses, until the next reload.`
          : t`${name} may ban this machine’s own addresses, until the next reload.`,
        key: `ignore self ${jail}`,
      })
    } catch (error) {
      setProblem(ApiProblem.from(error))
      await askAgain(queryClient)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="flex flex-col gap-2">
      <Switch
        label={t`Never ban this machine itself`}
        hint={
          <Trans>
            All addresses of this machine are left alone. Without it, a local service that fails to sign in can cut the
            machine off from itself.
          </Trans>
        }
        checked={enabled ?? false}
        disabled={!allowed || busy || enabled === null}
        title={reason}
        onChange={(to) => void change(to)}
      />
      {problem ? <ProblemNote problem={problem} /> : null}
    </div>
  )
}
