import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { ApiProblem } from '@/api/client'
import { Button } from '@/components/Button'
import { Icon } from '@/components/Icon'
import { toast } from '@/components/toasts'
import { useConfigProblemTitle } from '@/features/config/problem-titles'
import { visible } from '@/lib/hostile'
import { flushLogs } from './queries'

/** Makes fail2ban open its log anew. It harms nothing, so it asks nothing. */
export function FlushButton() {
  const { t } = useLingui()
  const title = useConfigProblemTitle()
  const flush = useMutation({
    mutationFn: flushLogs,
    onSuccess: ({ answer }) => toast({ text: t`fail2ban opened its log anew.`, detail: visible(answer) }),
    onError: (error) => {
      const problem = ApiProblem.from(error)
      toast({ text: title(problem), detail: visible(problem.message), tone: 'danger' })
    },
  })
  return (
    <Button
      busy={flush.isPending}
      title={t`Makes fail2ban close its log and open it anew, as after a rotation`}
      onClick={() => flush.mutate()}
    >
      <Icon name="refresh" />
      <Trans>Flush logs</Trans>
    </Button>
  )
}
