import { useRouter } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'
import { copyText } from '@/lib/copy'
import type { RowDeeds } from './BanRow'
import { type ActiveBan, banKey, targetKey } from './ban-key'
import { dismissFailure, phaseOf, unbanState, undoUnban } from './pending-unbans'
import type { RowMenuState } from './RowMenu'
import type { Selection } from './selection'

type Now = { current: { rows: readonly ActiveBan[]; selection: Selection; allowed: boolean } }

/** What rows can ask for, made once: they read what is true when they are pressed. */
export function useRowDeeds(
  now: Now,
  setActiveKey: (key: string) => void,
  setCopiedKey: (key: string | null) => void,
  setMenu: (menu: RowMenuState) => void,
): RowDeeds {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const { navigate } = useRouter()
  useEffect(() => () => clearTimeout(timer.current), [])
  const copy = useCallback(
    async (ban: ActiveBan) => {
      if (!(await copyText(ban.subject))) return
      setCopiedKey(banKey(ban))
      clearTimeout(timer.current)
      timer.current = setTimeout(() => setCopiedKey(null), 1_500)
    },
    [setCopiedKey],
  )
  const [deeds] = useState<RowDeeds>(() => {
    const at = (index: number, use: (ban: ActiveBan) => void) => {
      const ban = now.current.rows[index]
      if (ban) use(ban)
    }
    return {
      toggle: (index, range) => now.current.selection.toggle(now.current.rows, index, range),
      openMenu: (index, anchor) =>
        at(index, (ban) => {
          setActiveKey(banKey(ban))
          setMenu({ ban, anchor })
        }),
      activate: (index) => at(index, (ban) => setActiveKey(banKey(ban))),
      copy: (index) => at(index, (ban) => void copy(ban)),
      undo: (index) =>
        at(index, (ban) => {
          const phase = phaseOf(unbanState().phases, ban)
          if (phase?.kind !== 'waiting') return
          // Asked for in all jails, it is taken back in all jails.
          const alone = unbanState().phases.get(targetKey(ban)) === phase
          undoUnban(phase.batch, { host: ban.host, subject: ban.subject, jail: alone ? ban.jail : null })
        }),
      dismiss: (index) => at(index, dismissFailure),
      openJail: (index, event) => {
        // With Ctrl or the middle button it is the browser's: another tab.
        if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        event.stopPropagation()
        at(index, (ban) => void navigate({ to: '/jails/$jail', params: { jail: ban.jail } }))
      },
    }
  })
  return deeds
}
