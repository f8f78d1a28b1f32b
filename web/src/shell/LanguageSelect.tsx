import { useLingui } from '@lingui/react/macro'
import { Select } from '@/components/Field'
import { setPreferences, usePreferences } from '@/lib/preferences'

/** The language where there is no user menu yet. */
export function LanguageSelect() {
  const { t } = useLingui()
  const { language } = usePreferences()
  return (
    <Select
      aria-label={t`Language`}
      className="!w-auto"
      value={language}
      options={[
        { value: 'system', label: t`Of the browser` },
        { value: 'en', label: 'English' },
        { value: 'de', label: 'Deutsch' },
      ]}
      onChange={(chosen) => setPreferences({ language: chosen })}
    />
  )
}
