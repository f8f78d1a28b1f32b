import { Trans } from '@lingui/react/macro'
import { Hint } from '@/components/Hint'
import { Lines } from '@/components/ProblemNote'
import { visible } from '@/lib/hostile'
import type { ItemOption, SourceLine } from '../types'

const place = ({ file, line }: SourceLine) => visible(`${file}:${line}`)

/** Where a value comes from; on hover, on focus and on touch all that it overrides. */
export function Source({ option }: { option: ItemOption }) {
  if (!option.setAt) {
    return (
      <span className="text-xs text-muted">
        <Trans>fail2ban’s default</Trans>
      </span>
    )
  }
  return (
    <Hint text={<Chain option={option} />}>
      <span className="border-b border-dotted border-edge text-left font-mono text-xs break-all text-muted">
        {place(option.setAt)}
        {option.overrides.length > 0 ? ` +${option.overrides.length}` : ''}
      </span>
    </Hint>
  )
}

function Chain({ option }: { option: ItemOption }) {
  const { setAt, raw, overrides } = option
  if (!setAt) return null
  const layers = [{ source: setAt, raw: raw ?? '' }, ...overrides]
  return (
    <span className="flex flex-col gap-1.5">
      {layers.map(({ source, raw: text }, index) => (
        <span key={`${source.file}:${source.line}`} className="block">
          <span className="block text-xs text-muted">
            {index === 0 ? <Trans>Set in</Trans> : <Trans>instead of</Trans>}{' '}
            <code className="font-mono break-all">{place(source)}</code> [{visible(source.section)}]
          </span>
          <code className="block max-h-24 overflow-hidden font-mono text-xs break-all whitespace-pre-wrap">
            {text === '' ? <Trans>empty</Trans> : <Lines text={text} />}
          </code>
        </span>
      ))}
    </span>
  )
}
