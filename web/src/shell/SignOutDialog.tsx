import { useLingui } from '@lingui/react/macro'
import { ConfirmDialog } from '@/components/Dialog'
import { useSession, useSignOut } from './session'

/** Asks before every session ends. */
export default function SignOutDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const signOut = useSignOut()
  const name = useSession()?.user.name ?? ''
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t`Sign out everywhere`}
      verb={t`Sign out everywhere`}
      danger
      onConfirm={() => signOut(true)}
    >
      {t`Every session of ${name} ends, this one too. Each browser has to sign in again.`}
    </ConfirmDialog>
  )
}
