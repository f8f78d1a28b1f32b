import { useLingui } from '@lingui/react/macro'
import { PageHeader } from '@/components/PageHeader'

export function BansPage() {
  const { t } = useLingui()
  return <PageHeader title={t`Bans`} />
}
