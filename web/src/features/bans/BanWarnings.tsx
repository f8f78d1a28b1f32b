import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { ApiProblem } from '@/api/client'
import { HostileText } from '@/components/Text'
import { Checkbox } from '@/components/Toggle'
import { visible } from '@/lib/hostile'
import { hitText } from './ban-words'
import type { BanCheck, CheckLine } from './use-ban-check'

/** How much of what is no address is shown. */
const JUNK_SHOWN = 3

/** The second yes: it names what would be locked out. */
export function OwnAddress({
  own,
  yes,
  onYes,
}: {
  own: readonly CheckLine[]
  yes: boolean
  onYes: (on: boolean) => void
}) {
  const { i18n } = useLingui()
  if (own.length === 0) return null
  const names = own.map((line) => visible(line.target ?? line.text)).join(', ')
  const hits = own.flatMap((line) => line.hits.map((hit) => hitText(i18n, hit, line.target)))
  return (
    <div className="rounded-md border border-l-4 border-l-warning px-3 py-2">
      <Checkbox
        checked={yes}
        onChange={onYes}
        label={
          <Trans>
            Ban <code className="font-mono text-sm font-medium">{names}</code> all the same
          </Trans>
        }
        hint={
          <>
            {[...new Set(hits)].join(' ')}{' '}
            <Trans>
              You may lose this page and every other connection to this machine. Without your yes it is left out.
            </Trans>
          </>
        }
      />
    </div>
  )
}

/** Lines that the button does not count. */
export function LeftOut({ check }: { check: BanCheck }) {
  if (!check.counts || check.pending) return null
  const { invalid, duplicate, alreadyBanned, refused } = check.counts
  const left = invalid + duplicate + alreadyBanned + refused
  if (left === 0) return null
  return (
    <p className="text-sm text-muted" role="status">
      <Plural value={left} one="# entry is left out, see the list." other="# entries are left out, see the list." />{' '}
      <Junk count={invalid} lines={check.lines} />
    </p>
  )
}

/** How much is no address, and the first of it: whoever takes a wrong file sees it before anybody is banned. */
function Junk({ count, lines }: { count: number; lines: readonly CheckLine[] }) {
  const { t } = useLingui()
  if (count === 0) return null
  const first = lines.filter((line) => line.outcome === 'invalid').slice(0, JUNK_SHOWN)
  const examples = first.map(({ line, text }) => {
    const shown = visible(text)
    return t`line ${line}: “${shown}”`
  })
  return (
    <span className="wrap-anywhere">
      <Plural value={count} one="# is no address:" other="# are no addresses:" /> {examples.join(', ')}
      {count > first.length ? '…' : null}
    </span>
  )
}

/** Everything was refused: what each target would have hit. */
export function Hits({ problem }: { problem: ApiProblem }) {
  const { i18n } = useLingui()
  const hits = problem.problem?.hits ?? []
  if (hits.length === 0) return null
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {hits.slice(0, 20).map((one) => (
        <li key={one.target}>
          <code className="font-mono">
            <HostileText text={one.target} />
          </code>
          : {one.hits.map((hit) => hitText(i18n, hit, one.target)).join(' ')}
        </li>
      ))}
    </ul>
  )
}
