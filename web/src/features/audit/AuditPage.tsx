import { useLingui } from '@lingui/react/macro'
import { PageHeader } from '@/components/PageHeader'

export function AuditPage() {
  const { t } = useLingui()
  return <PageHeader title={t`Audit`} />
}
