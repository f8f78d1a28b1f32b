/**
 * Where to go after sign-in: a path inside the page, or `/`. Anything that a browser could read as another site is refused:
 * `//host`, `/\host`, `https:…`, and control characters, which URL parsers drop silently.
 */
export function safeReturnPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || !wanted.startsWith('/') || /^\/[/\\]/.test(wanted)) return '/'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
  if (/[\u0000-\u001f\\]/.test(wanted)) return '/'
  const url = new URL(wanted, 'http://page.invalid')
  if (url.origin !== 'http://page.invalid') return '/'
  if (/^\/(sign-in|setup)(\/|$)/.test(url.pathname)) return '/'
  return url.pathname + url.search + url.hash
}
