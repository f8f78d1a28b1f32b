import { useSyncExternalStore } from 'react'

export type ToastTone = 'good' | 'danger' | 'info'

export type NewToast = {
  /** Plain text. Text from outside goes through `visible()` first. */
  text: string
  detail?: string
  /** The language of the detail, where it is not the page's. */
  detailLang?: 'en'
  tone?: ToastTone
  /** Toasts of one key replace each other and count up; the text when left out. */
  key?: string
  /** How long it stays: 5 s, errors 10 s. With `undo` it is the time to change one's mind, and is shown counting down. */
  seconds?: number
  /** The button "Undo": called at most once, and never after the time is up. */
  undo?: () => void
  /** Called once when the time to undo is over or the toast was closed, unless `undo` was called. */
  onExpire?: () => void
}

export type Toast = NewToast & {
  id: number
  tone: ToastTone
  times: number
  at: number
  /** Milliseconds that are left. */
  left: number
  /** Still floating over the page; the others are only in the list. */
  floating: boolean
}

const KEPT = 50
const STEP_MS = 250

let toasts: readonly Toast[] = []
let nextId = 1
let held = false
let timer: ReturnType<typeof setInterval> | null = null
const listeners = new Set<() => void>()

function set(next: readonly Toast[]): void {
  toasts = next
  const counting = toasts.some((one) => one.floating)
  if (counting && timer === null) timer = setInterval(step, STEP_MS)
  if (!counting && timer !== null) {
    clearInterval(timer)
    timer = null
  }
  for (const listener of listeners) listener()
}

function step(): void {
  if (!toasts.some((one) => one.floating && (one.undo || !held))) return
  const over: Toast[] = []
  const next = toasts.map((one) => {
    // A pointer over the toasts holds those that only inform. A time to undo is a promise to the server side: it runs on.
    if (!one.floating || (held && !one.undo)) return one
    const left = one.left - STEP_MS
    if (left > 0) return { ...one, left }
    over.push(one)
    return sunk(one)
  })
  set(next)
  for (const one of over) one.onExpire?.()
}

/** Off the page and only in the list: nothing can be undone there. */
function sunk(one: Toast): Toast {
  return { ...one, left: 0, floating: false, undo: undefined, onExpire: undefined }
}

/** Shows a result. Returns its id, for `closeToast`. */
export function toast(given: NewToast): number {
  const tone = given.tone ?? 'good'
  const key = given.key ?? given.text
  const before = toasts.find((one) => one.floating && (one.key ?? one.text) === key)
  const left = (given.seconds ?? (tone === 'danger' ? 10 : 5)) * 1_000
  const fresh: Toast = {
    ...given,
    key,
    tone,
    left,
    id: nextId++,
    at: Date.now(),
    floating: true,
    times: before && before.text === given.text && !given.undo ? before.times + 1 : 1,
  }
  const others = before && !before.undo ? toasts.filter((one) => one !== before) : toasts
  set([fresh, ...others].slice(0, KEPT))
  return fresh.id
}

export function closeToast(id: number): void {
  const found = toasts.find((one) => one.id === id && one.floating)
  if (!found) return
  set(toasts.map((one) => (one === found ? sunk(one) : one)))
  found.onExpire?.()
}

export function undoToast(id: number): void {
  const found = toasts.find((one) => one.id === id && one.floating && one.undo)
  if (!found) return
  set(toasts.filter((one) => one !== found))
  found.undo?.()
}

/** While the pointer or the focus is on the toasts, those that only inform stay. */
export function holdToasts(hold: boolean): void {
  held = hold
}

export function clearToasts(): void {
  set([])
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
}
