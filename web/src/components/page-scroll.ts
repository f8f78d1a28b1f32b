import { type RefObject, useLayoutEffect, useState } from 'react'

/** The page's own scrolling: long lists have none of their own. */
export function scroller(): HTMLElement | null {
  return document.getElementById('main')
}

/** Pixels between the top of what scrolls and the first row. Banners come and go above, filters wrap. */
export function useMargin(body: RefObject<HTMLElement | null>, rows: readonly unknown[]): number {
  const [margin, setMargin] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again with each answer, and never while scrolling.
  useLayoutEffect(() => {
    const main = scroller()
    const page = main?.firstElementChild
    if (!main || !page) return
    const measure = () => {
      if (!body.current) return
      const top = Math.round(
        body.current.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop,
      )
      setMargin((before) => (Math.abs(top - before) >= 1 ? top : before))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(page)
    return () => observer.disconnect()
  }, [body, rows])
  return margin
}
