import { Trans } from '@lingui/react/macro'
import type { Problem } from '@/api/problem'
import { Lines } from './ProblemNote'
import { HostileText } from './Text'

/** What speaks against a reload, under the jail that it is about; what concerns the whole configuration comes first. */
export default function JailProblems({ problems }: { problems: NonNullable<Problem['problems']> }) {
  const jails = new Map<string, string[]>()
  for (const { jail, detail } of [...problems].sort((a, b) => Number(Boolean(a.jail)) - Number(Boolean(b.jail)))) {
    const details = jails.get(jail ?? '') ?? []
    if (!details.includes(detail)) jails.set(jail ?? '', [...details, detail])
  }
  return (
    <ul className="mt-1 flex flex-col gap-1.5">
      {[...jails].map(([jail, details]) => (
        <li key={jail}>
          <p className="font-medium text-fg">
            {jail === '' ? <Trans>The configuration as a whole</Trans> : <HostileText text={jail} />}
          </p>
          <ul className="list-disc pl-4">
            {details.map((detail) => (
              <li key={detail} className="break-words whitespace-pre-wrap">
                <Lines text={detail} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  )
}
