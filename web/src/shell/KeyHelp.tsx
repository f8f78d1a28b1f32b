import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { Dialog } from '@/components/Dialog'

export default function KeyHelp({ onClose }: { onClose: () => void }) {
  const keys: [string[], ReactNode][] = [
    [['Ctrl', 'K'], <Trans key="palette">Go to a page, a jail or an address (⌘ K on a Mac)</Trans>],
    [['/'], <Trans key="search">Search on this page</Trans>],
    [['?'], <Trans key="keys">This list</Trans>],
    [['B'], <Trans key="ban">Ban by hand</Trans>],
    [['R'], <Trans key="review">Review the edits of the configuration</Trans>],
    [['Ctrl', 'Z'], <Trans key="undo">Take back the last unban</Trans>],
    [['Esc'], <Trans key="close">Close what is open</Trans>],
    [['Tab'], <Trans key="tab">To the next control; with Shift to the one before</Trans>],
    [['Space'], <Trans key="space">Select the focused row's box</Trans>],
    [['Shift', 'Space'], <Trans key="range">Select all rows up to the one selected last</Trans>],
    [['↑', '↓'], <Trans key="rows">Between the rows of the bans; with Shift selecting</Trans>],
    [['Enter'], <Trans key="menu">What can be done with the row</Trans>],
    [['U'], <Trans key="unban">Unban the row, or what is selected</Trans>],
    [['C'], <Trans key="copy">Copy the address of the row</Trans>],
    [['←', '→'], <Trans key="tabs">Between tabs</Trans>],
  ]
  return (
    <Dialog open onClose={onClose} title={<Trans>Keys</Trans>} size="sm">
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-2">
        {keys.map(([combination, meaning]) => (
          <div key={combination.join('+')} className="contents">
            <dt className="flex gap-1">
              {combination.map((key) => (
                <kbd key={key} className="rounded-sm border border-edge bg-raised px-1.5 font-mono text-xs leading-5">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
