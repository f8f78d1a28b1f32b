// Runs before the first paint, so that a dark page never flashes white. Keep the keys equal to src/lib/preferences.ts.
;(() => {
  const root = document.documentElement
  try {
    const kept = JSON.parse(localStorage.getItem('bangui.preferences') || '{}')
    root.dataset.theme = ['light', 'dark'].includes(kept.theme) ? kept.theme : 'system'
    root.dataset.density = kept.density === 'compact' ? 'compact' : 'comfortable'
    if (kept.language === 'de' || kept.language === 'en') root.lang = kept.language
  } catch {
    root.dataset.theme = 'system'
  }
})()
