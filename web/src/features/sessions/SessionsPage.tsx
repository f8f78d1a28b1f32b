import { useLingui } from '@lingui/react/macro'
import { PageHeader } from '@/components/PageHeader'

export function SessionsPage() {
  const { t } = useLingui()
  return <PageHeader title={t`Sessions`} />
}
