import type { ItemOption, Layer } from '../types'

const DEFAULT = 'DEFAULT'
/** Where BanGUI writes what it sets for jails. */
export const JAIL_DROP_IN = 'jail.d/zz-bangui.local'

/** What `[DEFAULT]` says of each option of a jail, as an option of its own. Values are as they are written: what they refer to differs by jail. */
export function defaultsOf(options: readonly ItemOption[]): ItemOption[] {
  return options.map((option) => {
    const all: Layer[] = option.setAt ? [{ source: option.setAt, raw: option.raw ?? '' }, ...option.overrides] : []
    const [top, ...below] = all.filter((layer) => layer.source.section === DEFAULT)
    return {
      name: option.name,
      section: DEFAULT,
      value: top?.raw ?? null,
      setAt: top?.source ?? null,
      raw: top?.raw ?? null,
      overrides: below,
      own: top !== undefined,
      byBangui: top?.source.file === JAIL_DROP_IN,
      running: null,
      differs: false,
      hidden: option.hidden,
    }
  })
}
