import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { withTexts } from '@/i18n/i18n'
import { text } from '@/lib/search'
import { appRoute } from './app'

export type ConfigItemSearch = {
  /** The files instead of the form. */
  tab?: 'files'
  /** Finds options of the form. */
  find?: string
  /** Shows options too that no file sets. */
  all?: true
  /** The file that is open; BanGUI's own, or the first, when left out. */
  file?: string
}

const itemOptions = {
  getParentRoute: () => appRoute,
  validateSearch: (raw: Record<string, unknown>): ConfigItemSearch => ({
    tab: raw.tab === 'files' ? 'files' : undefined,
    find: text(raw.find),
    all: raw.all === true ? true : undefined,
    file: text(raw.file),
  }),
}
const load = withTexts(() => import('@/features/config/items/ItemPage'), 'config')

export const configJailRoute = createRoute({
  ...itemOptions,
  path: '/config/jails/$name',
  component: lazyRouteComponent(load, 'JailItemPage'),
})
export const configFilterRoute = createRoute({
  ...itemOptions,
  path: '/config/filters/$name',
  component: lazyRouteComponent(load, 'FilterItemPage'),
})
export const configActionRoute = createRoute({
  ...itemOptions,
  path: '/config/actions/$name',
  component: lazyRouteComponent(load, 'ActionItemPage'),
})
/** What holds for every jail that says nothing else: `[DEFAULT]`. */
export const configDefaultsRoute = createRoute({
  ...itemOptions,
  path: '/config/defaults',
  component: lazyRouteComponent(load, 'DefaultsPage'),
})
