import { useQuery } from '@tanstack/react-query'
import { Duration } from '@/components/Text'
import { stateQuery } from './queries'

/** How long one has to confirm a change that goes back otherwise: a setting of the server's. */
export function ConfirmTime() {
  return <Duration seconds={useQuery(stateQuery).data?.confirmWithinSeconds} />
}
