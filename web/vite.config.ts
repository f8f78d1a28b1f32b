import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { transformAsync } from '@babel/core'
import { lingui } from '@lingui/vite-plugin'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Expands lingui's macros. Vite's own React plugin no longer runs Babel, and the one that does wants Node 22. */
function linguiMacros(): Plugin {
  return {
    name: 'bangui:lingui-macros',
    enforce: 'pre',
    async transform(code, id) {
      const file = id.split('?')[0] ?? id
      if (!/\.tsx?$/.test(file) || file.includes('node_modules') || !code.includes('@lingui/')) return null
      const result = await transformAsync(code, {
        filename: file,
        babelrc: false,
        configFile: false,
        parserOpts: { plugins: ['typescript', 'jsx'] },
        plugins: ['@lingui/babel-plugin-lingui-macro'],
        sourceMaps: true,
      })
      return result?.code ? { code: result.code, map: result.map } : null
    },
  }
}

/** Puts the theme script first in the head: it must run before the first paint, and the content policy forbids inline code. */
function themeFirst(): Plugin {
  const path = source('./src/theme-first.js')
  let fileName = 'src/theme-first.js'
  return {
    name: 'bangui:theme-first',
    generateBundle() {
      const text = readFileSync(path, 'utf8')
      const hash = createHash('sha256').update(text).digest('hex').slice(0, 8)
      fileName = `assets/theme-${hash}.js`
      this.emitFile({ type: 'asset', fileName, source: text })
    },
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace('<!--theme-first-->', `<script src="./${fileName}"></script>`),
    },
  }
}

/** Files of the library of queries that no first page needs: several questions at once, page after page, changes. */
const LATER =
  'queriesObserver|useQueries|infiniteQueryObserver|useInfiniteQuery|infiniteQueryOptions|mutationObserver|useMutation'

export default defineConfig({
  base: './',
  plugins: [linguiMacros(), lingui(), react(), tailwindcss(), themeFirst()],
  resolve: { alias: { '@': source('./src') } },
  // The server that a page under development talks to; `npm run dev` proxies to it.
  server: {
    proxy: { '^/(api|health)/': { target: process.env.BANGUI_DEV_SERVER ?? 'http://127.0.0.1:8000' } },
  },
  build: {
    target: 'es2022',
    sourcemap: false,
    // Nothing as data: addresses, the content policy allows only files of the server.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // Few files rather than many small ones. What the first page needs anyway is one file: the libraries and our own parts
        // apart would be kept longer by browsers, but each file is a further request of every first visit.
        codeSplitting: {
          groups: [
            {
              name: 'first',
              test: new RegExp(
                [
                  'node_modules/(react|react-dom|scheduler|use-sync-external-store|@lingui)/',
                  `node_modules/@tanstack/(react-(router|query|store)|query-core|router-core|history|store)/(?!.*/(${LATER})\\.js)`,
                  'src/components/(?!AnchoredMenu|DaemonRemedy|daemon-reasons|Tabs|Dialog|ToastList|Popover|Country|AddressLink|Table|QuickFilter|Hint|Badge|JailProblems|RegexText|Segments|Toggle|page-scroll|row-height|chart/)',
                  'src/(lib/(?!country|local-time|scale|span|regex-parts)|api/|routes/)',
                  'src/shell/(?!CommandPalette|SignOutDialog|KeyHelp|NavigationDrawer|DaemonDown|reasons)',
                  'src/(main|router|i18n/i18n)',
                ].join('|'),
              ),
            },
            {
              name: 'query-more',
              test: new RegExp(`node_modules/@tanstack/(react-query|query-core)/.*/(${LATER})\\.js`),
            },
            // The figures that the first page shows first; the rest of it comes after them.
            {
              name: 'overview',
              test: /src\/(features\/(overview\/(OverviewPage|Figures|series)|filters\/(queries|HistoryLink))|components\/chart\/Change)/,
            },
            {
              name: 'filters',
              test: /src\/(features\/filters\/(FilterBar|RangePicker|Facet|words)|components\/(Popover|Country)|lib\/country)/,
            },
            // What several chunks of an area share, as one file instead of a handful of crumbs.
            // What the bars on every page need of the configuration, and then what its pages share.
            { name: 'config-dock', test: /src\/features\/config\/(queries|requests|kinds|tray\/(use-tray|edits))\.ts/ },
            {
              name: 'config',
              test: /src\/(features\/config\/(?!editor)|components\/(Hint|QuickFilter))/,
              minShareCount: 2,
            },
            { name: 'jails', test: /src\/features\/jails\/(?!\w*Dialog)/, minShareCount: 2 },
          ],
        },
      },
    },
  },
  test: {
    environment: 'happy-dom',
    environmentOptions: { happyDOM: { url: 'http://localhost:3000/' } },
    setupFiles: ['./src/test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    // By default one core stays free, which on two cores is half of them.
    maxWorkers: '100%',
    testTimeout: 20_000,
  },
})
