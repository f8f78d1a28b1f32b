import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { Button } from '@/components/Button'
import { Icon } from '@/components/Icon'
import { useProblemToast } from '@/components/problem-toast'
import { toast } from '@/components/toasts'
import { useConfigProblemTitle } from '@/features/config/problem-titles'
import { visible } from '@/lib/hostile'
import { flushLogs } from './queries'

/** Makes fail2ban open its log anew. It harms nothing, so it asks nothing. */
export function FlushButton() {
  const { t } = useLingui()
  const tell = useProblemToast(useConfigProblemTitle())
  const flush = useMutation({
    mutationFn: flushLogs,
    onSuccess: ({ answer }) => {
      if (answer === 'rolled over') toast({ text: t`fail2ban opened its log anew.` })
      // Where its log is no file, there is nothing to open.
      else if (answer === 'flushed') toast({ text: t`fail2ban handed on what it had not yet written to its log.` })
      else toast({ text: t`fail2ban answered the order.`, detail: visible(answer), detailLang: 'en' })
    },
    onError: tell,
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
