import { useLingui } from '@lingui/react/macro'
import { Select } from '@/components/Field'
import { LOCALES } from '@/i18n/i18n'
import { setPreferences } from '@/lib/preferences'

const NAMES = { en: 'English', de: 'Deutsch' }

/** The language where there is no user menu yet. */
export function LanguageSelect() {
  const { t, i18n } = useLingui()
  return (
    <div className="w-28">
      <Select
        aria-label={t`Language`}
        value={i18n.locale as keyof typeof NAMES}
        options={LOCALES.map((locale) => ({ value: locale, label: NAMES[locale] }))}
        onChange={(language) => setPreferences({ language })}
      />
    </div>
  )
}
