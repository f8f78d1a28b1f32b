import { useLingui } from '@lingui/react/macro'
import { PageHeader } from '@/components/PageHeader'

export function SetupPage() {
  const { t } = useLingui()
  return <PageHeader title={t`Setup`} />
}
