import { useLingui } from '@lingui/react/macro'
import { lazy, Suspense, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { Icon } from '@/components/Icon'
import { Menu } from '@/components/Menu'
import { useProblemTitle } from '@/components/ProblemNote'
import { toast } from '@/components/toasts'
import { setPreferences, usePreferences } from '@/lib/preferences'
import { useSession, useSignOut } from './session'

const SignOutDialog = lazy(() => import('./SignOutDialog'))

/** Name, looks, language and the ways out. */
export function UserMenu({ onShowKeys }: { onShowKeys: () => void }) {
  const { t } = useLingui()
  const session = useSession()
  const { theme, density, language } = usePreferences()
  const signOut = useSignOut()
  const problemTitle = useProblemTitle()
  const [confirming, setConfirming] = useState(false)
  const name = session?.user.name ?? ''
  return (
    <>
      <Menu
        tone="ghost"
        label={t`${name}, account and appearance`}
        items={[
          { heading: session ? `${name} · ${session.user.role} · BanGUI ${session.version}` : '' },
          'separator',
          { heading: t`Theme` },
          { label: t`System`, checked: theme === 'system', onSelect: () => setPreferences({ theme: 'system' }) },
          { label: t`Light`, checked: theme === 'light', onSelect: () => setPreferences({ theme: 'light' }) },
          { label: t`Dark`, checked: theme === 'dark', onSelect: () => setPreferences({ theme: 'dark' }) },
          { heading: t`Density` },
          {
            label: t`Comfortable`,
            checked: density === 'comfortable',
            onSelect: () => setPreferences({ density: 'comfortable' }),
          },
          { label: t`Compact`, checked: density === 'compact', onSelect: () => setPreferences({ density: 'compact' }) },
          { heading: t`Language` },
          {
            label: t`Of the browser`,
            checked: language === 'system',
            onSelect: () => setPreferences({ language: 'system' }),
          },
          { label: 'English', checked: language === 'en', onSelect: () => setPreferences({ language: 'en' }) },
          { label: 'Deutsch', checked: language === 'de', onSelect: () => setPreferences({ language: 'de' }) },
          'separator',
          { label: t`Keys`, icon: 'key', onSelect: onShowKeys },
          {
            label: t`Sign out`,
            onSelect: () => {
              signOut().catch((error: unknown) => toast({ tone: 'danger', text: problemTitle(ApiProblem.from(error)) }))
            },
          },
          { label: t`Sign out everywhere…`, danger: true, onSelect: () => setConfirming(true) },
        ]}
      >
        <Icon name="user" />
        <span className="hidden sm:inline">{name}</span>
        <Icon name="chevronDown" className="hidden text-muted sm:inline" />
      </Menu>
      <Suspense>{confirming ? <SignOutDialog onClose={() => setConfirming(false)} /> : null}</Suspense>
    </>
  )
}
