import { cx } from '@/lib/cx'

// 16-px line drawings of our own: a handful of paths costs less than an icon package.
const PATHS = {
  ban: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2ZM4 4l8 8',
  jail: 'M2.5 3.5h11v9h-11zM5.3 3.5v9M8 3.5v9M10.7 3.5v9',
  clock: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2ZM8 4.8V8l2.2 1.6',
  overview: 'M2.5 13.5h11M4 11V7.5M7 11V4M10 11V6M13 11V2.5',
  map: 'M2.5 4l3.7-1.5 3.6 1.5 3.7-1.5v9.5l-3.7 1.5-3.6-1.5L2.5 13.5zM6.2 2.5V12M9.8 4v9.5',
  history: 'M2.6 6.5A5.8 5.8 0 1 1 2.2 8.5M2.5 3v3.5H6M8 5v3.2l2.2 1.3',
  lists: 'M6 4h7.5M6 8h7.5M6 12h7.5M2.5 4h1M2.5 8h1M2.5 12h1',
  shield: 'M8 2l5 1.8v4c0 3-2 5-5 6.2-3-1.2-5-3.2-5-6.2v-4zM5.8 8l1.6 1.6L10.4 6.4',
  wall: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M8 3.5v3M5 6.5v3M11 6.5v3M8 9.5v3',
  minus: 'M3 8h10',
  log: 'M2.5 3.5h7M2.5 6.5h11M2.5 9.5h9M2.5 12.5h5',
  laboratory: 'M6.2 2.5h3.6M6.8 2.5v4L3.2 12a1 1 0 0 0 .9 1.5h7.8a1 1 0 0 0 .9-1.5L9.2 6.5v-4M4.8 10h6.4',
  audit: 'M4 2.5h6l2.5 2.5v8.5h-8.5zM6 7h4.5M6 9.5h4.5M6 5h2',
  session: 'M2.5 3.5h11v7h-11zM5.5 13h5M8 10.5v2.5',
  user: 'M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8ZM3 13.5c.6-2.4 2.5-3.7 5-3.7s4.4 1.3 5 3.7',
  settings:
    'M2.5 4.5h6M12 4.5h1.5M2.5 11.5h1.5M7.5 11.5h6M10.2 2.8a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4ZM5.8 9.8a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4Z',
  gear: 'M8 5.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8ZM8 2v2M8 12v2M2 8h2M12 8h2M3.8 3.8l1.4 1.4M10.8 10.8l1.4 1.4M12.2 3.8l-1.4 1.4M5.2 10.8l-1.4 1.4',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3l3.2 3.2',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5h7.5v8h-7.5zM10.5 5.5v-3h-7.5v8h2.5',
  check: 'M3 8.5l3.3 3.3L13 4.8',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  up: 'M8 12.5v-9M4.5 7L8 3.5 11.5 7',
  down: 'M8 3.5v9M4.5 9L8 12.5 11.5 9',
  chevronDown: 'M4.5 6.5L8 10l3.5-3.5',
  chevronRight: 'M6.5 4.5L10 8l-3.5 3.5',
  plus: 'M8 3v10M3 8h10',
  refresh: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3',
  warning: 'M8 2.5l6 11h-12zM8 6.5v3M8 11.5h.01',
  info: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2ZM8 7.5v3.5M8 5h.01',
  bell: 'M4 11V7.2a4 4 0 0 1 8 0V11l1.2 1.2H2.8zM6.8 14h2.4',
  key: 'M5.5 7.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM7.7 8.3L13 3M10.8 5.2l1.7 1.7',
  play: 'M5 3.5l7.5 4.5L5 12.5z',
  stop: 'M4.5 4.5h7v7h-7z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  external: 'M9 3h4v4M13 3L7.5 8.5M11 9.5V13H3V5h3.5',
} as const

export type IconName = keyof typeof PATHS

/** A sign beside a text. It never carries a meaning alone, so it is hidden from screen readers. */
export function Icon({ name, className }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={cx('shrink-0', className)}
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
