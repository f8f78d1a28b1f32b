import { PageHeader } from '@/components/PageHeader'
import { visible } from '@/lib/hostile'
import { jailRoute } from '@/routes/jail'

export function JailPage() {
  const { jail } = jailRoute.useParams()
  return <PageHeader title={visible(jail)} />
}
