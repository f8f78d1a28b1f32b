import { defineConfig } from '@lingui/cli'
import { formatter } from '@lingui/format-po'

// Each area keeps its own catalogue, so that two areas never touch one file. `src/i18n/catalogue.<locale>.ts` joins them.
export default defineConfig({
  sourceLocale: 'en',
  locales: ['en', 'de'],
  catalogs: [
    { path: 'src/features/{name}/locales/{locale}', include: ['src/features/{name}'] },
    {
      path: 'src/locales/{locale}',
      include: ['src/components', 'src/shell', 'src/lib', 'src/api', 'src/i18n', 'src/routes'],
    },
  ],
  // No line numbers: they change with every edit and say nothing to a translator.
  format: formatter({ lineNumbers: false }),
  orderBy: 'message',
})
