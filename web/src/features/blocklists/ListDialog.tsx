import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useId, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { keys } from '@/api/queries'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { toast } from '@/components/toasts'
import { BlockingProblem } from '@/features/blocking/BlockingProblem'
import { isSaidAtFields } from '@/features/blocking/field-fault'
import { visible } from '@/lib/hostile'
import { type Draft, draftOf, isListJail, nameFrom, requestOf, urlFault } from './draft'
import { FIELDS, ListFields } from './ListFields'
import { ListPreview } from './ListPreview'
import type { List } from './lists'
import { previewList, saveList } from './queries'

type ListDialogProps = {
  /** The list to change; `null` for a new one. */
  list: List | null
  /** What a new one begins with; one that has an address already is looked at straight away. */
  start: Draft
  onClose: () => void
  onSaved?: (list: List) => void
}

/** Adds a source or changes one. What is fetched from a new address is looked at before it is kept. */
export default function ListDialog({ list, start, onClose, onSaved }: ListDialogProps) {
  const { t } = useLingui()
  const id = useId()
  const queryClient = useQueryClient()
  const [draft, setDraft] = useState(() => (list ? draftOf(list) : start))
  const [checked, setChecked] = useState(false)
  const look = useMutation({
    mutationFn: ({ url, allowHttp }: Pick<Draft, 'url' | 'allowHttp'>) => previewList(url.trim(), allowHttp),
    onMutate: ({ url }) => setDraft((before) => (before.name === '' ? { ...before, name: nameFrom(url) } : before)),
  })
  const save = useMutation({
    mutationFn: () => saveList(list?.id ?? null, requestOf(draft)),
    onSuccess: (saved) => {
      const name = visible(saved.name)
      toast({
        text: list ? t`${name} is changed.` : t`${name} is added.`,
        detail: saved.importing ? t`It is being fetched.` : undefined,
      })
      onSaved?.(saved)
      onClose()
    },
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: keys.blocklists }),
        queryClient.invalidateQueries({ queryKey: keys.firewall }),
      ]),
  })
  const { mutate: lookAt } = look
  useEffect(() => {
    if (!list && start.url !== '') lookAt(start)
  }, [list, start, lookAt])
  const problem = save.error ? ApiProblem.from(save.error) : null
  const looked = look.variables?.url === draft.url && !look.isPending && look.status !== 'idle'
  const known = list?.url === draft.url.trim()
  const faulty =
    draft.name.trim() === '' ||
    urlFault(draft.url, draft.allowHttp) !== null ||
    (draft.carriedOutBy === 'jail' && !isListJail(draft.jail))
  const mayLook = urlFault(draft.url, draft.allowHttp) === null
  // A list that cannot be fetched at this moment may be wanted all the same: looked at, not approved.
  const ready = looked || known
  function submit(event: FormEvent) {
    event.preventDefault()
    setChecked(true)
    if (save.isPending || look.isPending) return
    if (!ready) {
      if (mayLook) look.mutate(draft)
    } else if (!faulty) save.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      size="lg"
      locked={save.isPending}
      title={list ? <Trans>Change a blocklist</Trans> : <Trans>Add a blocklist</Trans>}
      footer={
        <>
          {ready ? null : (
            <p className="mr-auto self-center text-sm text-muted">
              <Trans>Look at it before it is added.</Trans>
            </p>
          )}
          <Button onClick={onClose} disabled={save.isPending}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" form={`${id}-form`} tone="primary" busy={save.isPending} disabled={!ready}>
            {list ? <Trans>Save</Trans> : <Trans>Add the list</Trans>}
          </Button>
        </>
      }
    >
      <form id={`${id}-form`} noValidate className="flex flex-col gap-3" onSubmit={submit}>
        <ListFields
          draft={draft}
          onChange={(to) => {
            setDraft((before) => ({ ...before, ...to }))
            if (problem) save.reset()
          }}
          checked={checked}
          problem={problem}
          look={
            <Button
              busy={look.isPending}
              disabled={!mayLook}
              tone={ready ? 'default' : 'primary'}
              onClick={() => look.mutate(draft)}
            >
              <Trans>Look at it</Trans>
            </Button>
          }
          looked={
            look.error && looked ? (
              <BlockingProblem error={look.error} />
            ) : look.data && looked ? (
              <ListPreview preview={look.data} self={list?.id ?? null} />
            ) : null
          }
        />
        {problem && !isSaidAtFields(problem, FIELDS) && problem.code !== 'blocklist-name-taken' ? (
          <BlockingProblem error={problem} />
        ) : null}
      </form>
    </Dialog>
  )
}
