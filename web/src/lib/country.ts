const names = new Map<string, Intl.DisplayNames>()

/** What stands for "not known" in filters and lists. */
export const UNKNOWN_COUNTRY = 'ZZ'

/** `Germany` for `DE`, from the browser; the code itself for one that it does not know. `ZZ` has a text of ours: see `Country`. */
export function countryName(locale: string, code: string): string {
  let found = names.get(locale)
  if (!found) {
    found = new Intl.DisplayNames([locale], { type: 'region' })
    names.set(locale, found)
  }
  try {
    return found.of(code) ?? code
  } catch {
    // Not two letters: whatever it is, it is shown as it is.
    return code
  }
}
