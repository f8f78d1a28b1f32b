import { Trans } from '@lingui/react/macro'
import { ZoneAndSessions } from '@/features/settings/ZoneAndSessions'
import { StepFrame, type StepProps } from './StepFrame'

export function SessionsStep({ draft, change, onNext, onBack }: StepProps) {
  return (
    <StepFrame
      title={<Trans>Time zone and sessions</Trans>}
      intro={<Trans>All of it can be changed later, in the settings.</Trans>}
      onBack={onBack}
      onSubmit={onNext}
    >
      <ZoneAndSessions value={draft} onChange={change} autoFocus />
    </StepFrame>
  )
}
