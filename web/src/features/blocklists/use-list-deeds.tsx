import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { keys } from '@/api/queries'
import { ConfirmDialog } from '@/components/Dialog'
import { useProblemToast } from '@/components/problem-toast'
import { HostileText, Num } from '@/components/Text'
import { toast } from '@/components/toasts'
import { useBlockingTitle } from '@/features/blocking/problem-titles'
import { visible } from '@/lib/hostile'
import type { List } from './lists'
import { acceptCopy, deleteList, importList, refuseCopy } from './queries'

type Deed = 'import' | 'accept' | 'refuse'

export type ListDeeds = {
  order: (deed: Deed, list: List) => void
  /** What is on its way to the server for a list. */
  doing: (list: List) => Deed | undefined
  askDelete: (list: List) => void
  dialog: ReactNode
}

/** A copy is named by its key: another that came meanwhile is not meant. */
const REQUESTS: Record<Deed, (list: List) => Promise<void>> = {
  import: (list) => importList(list.id),
  accept: (list) => acceptCopy(list.id, list.waiting?.id ?? 0),
  refuse: (list) => refuseCopy(list.id, list.waiting?.id ?? 0),
}

/** What can be done with a list. `onDeleted` is told when it is gone. */
export function useListDeeds(onDeleted?: () => void): ListDeeds {
  const { t } = useLingui()
  const queryClient = useQueryClient()
  const tell = useProblemToast(useBlockingTitle())
  const [deleting, setDeleting] = useState<List | null>(null)
  const askAgain = () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: keys.blocklists }),
      queryClient.invalidateQueries({ queryKey: keys.firewall }),
    ])
  const order = useMutation({
    mutationFn: ({ deed, list }: { deed: Deed; list: List }) => REQUESTS[deed](list),
    onSuccess: (_, { deed, list }) => {
      const name = visible(list.name)
      const said = {
        import: t`${name} is being fetched.`,
        accept: t`The new copy of ${name} is in force.`,
        refuse: t`The waiting copy of ${name} is forgotten.`,
      }
      toast({ text: said[deed], tone: deed === 'accept' ? 'good' : 'info' })
    },
    onError: tell,
    onSettled: askAgain,
  })
  return {
    order: (deed, list) => order.mutate({ deed, list }),
    doing: (list) => (order.isPending && order.variables.list.id === list.id ? order.variables.deed : undefined),
    askDelete: setDeleting,
    dialog: (
      <ConfirmDialog
        open={deleting !== null}
        onClose={() => setDeleting(null)}
        title={<Trans>Delete a blocklist</Trans>}
        verb={<Trans>Delete it</Trans>}
        danger
        onConfirm={async () => {
          if (!deleting) return
          const name = visible(deleting.name)
          try {
            await deleteList(deleting.id)
          } finally {
            await askAgain()
          }
          toast({ text: t`${name} is deleted.` })
          onDeleted?.()
        }}
      >
        <DeleteWords list={deleting} />
      </ConfirmDialog>
    ),
  }
}

function DeleteWords({ list }: { list: List | null }) {
  if (!list) return null
  const name = <HostileText text={list.name} className="font-medium" />
  const networks = <Num value={list.copy?.networks ?? 0} />
  return list.enabled && list.copy ? (
    <Trans>
      {name} goes with its copies and its import log. Of its {networks} networks, those that no other list has are not
      blocked any more.
    </Trans>
  ) : (
    <Trans>{name} goes with its copies and its import log. Nothing of it is in force.</Trans>
  )
}
