import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Badge, type Tone } from '@/components/Badge'
import { HostileText } from '@/components/Text'
import { ItemLink } from './ItemLink'
import { KIND_WORDS } from './kinds'
import { type Found, sayFinding, useWords } from './translated/words'
import { itemKey } from './tray/edits'
import type { Finding, Severity } from './types'

const SEVERITIES: Record<Severity, { word: MessageDescriptor; tone: Tone; text: string }> = {
  error: { word: msg`Error`, tone: 'danger', text: 'text-danger' },
  warning: { word: msg`Warning`, tone: 'warning', text: 'text-warning' },
  info: { word: msg`Note`, tone: 'neutral', text: 'text-muted' },
}
const ORDER: readonly Severity[] = ['error', 'warning', 'info']

export function SeverityBadge({ severity }: { severity: Severity }) {
  const { i18n } = useLingui()
  const { word, tone } = SEVERITIES[severity]
  return <Badge tone={tone}>{i18n._(word)}</Badge>
}

/** What was found about one value, beside its field. */
export function FieldFindings({ findings }: { findings: readonly Finding[] }) {
  const { i18n } = useLingui()
  return bySeverity(findings).map((finding) => (
    <div
      key={`${finding.source} ${finding.code} ${finding.detail}`}
      className={`text-sm break-words ${SEVERITIES[finding.severity].text}`}
    >
      <strong className="font-medium">{i18n._(SEVERITIES[finding.severity].word)}:</strong>{' '}
      <FindingText finding={finding} />
    </div>
  ))
}

/** What speaks against a whole item or plan, gravest first, each with its place. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul className="divide-y">
      {bySeverity(findings).map((finding) => (
        <li
          key={`${finding.source} ${finding.code} ${finding.file ?? ''} ${finding.line ?? ''} ${finding.option ?? ''} ${finding.detail}`}
          className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5 px-3 py-2"
        >
          <SeverityBadge severity={finding.severity} />
          <div className="min-w-0 flex-1 basis-72 break-words">
            <FindingText finding={finding} />
          </div>
          <Place finding={finding} />
        </li>
      ))}
    </ul>
  )
}

/** Those that are about what is being changed; what was found elsewhere is folded away, for it was there before. */
export function FindingsOfChange({ findings, about }: { findings: readonly Finding[]; about: readonly string[] }) {
  const mine = findings.filter(({ severity, item }) => severity === 'error' || !item || about.includes(itemKey(item)))
  const others = findings.filter((one) => !mine.includes(one))
  return (
    <>
      {mine.length > 0 ? <FindingList findings={mine} /> : null}
      {others.length > 0 ? (
        <details>
          <summary className="px-3 py-2 text-sm text-muted hover:bg-hover">
            <Plural value={others.length} one="# finding about other things" other="# findings about other things" />
          </summary>
          <FindingList findings={others} />
        </details>
      ) : null}
    </>
  )
}

function bySeverity(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity))
}

/** What is wrong and what to do, in the language of the page as far as it has words for it. */
export function FindingText({ finding }: { finding: Found & Partial<Pick<Finding, 'suggestion'>> }) {
  const { words, loading } = useWords()
  if (loading) return null
  const { text, lang, detail, folded } = sayFinding(words, finding)
  return (
    <>
      <span lang={lang}>
        <HostileText text={text} />
      </span>
      {finding.suggestion ? <Suggestion text={finding.suggestion} /> : null}
      {detail === null ? null : folded ? (
        <details className="text-xs text-muted">
          <summary className="w-fit">
            <Trans>Details in English</Trans>
          </summary>
          <Detail text={detail} />
        </details>
      ) : (
        <Detail text={detail} />
      )}
    </>
  )
}

function Detail({ text }: { text: string }) {
  return (
    <p lang="en" className="text-sm text-muted">
      <HostileText text={text} />
    </p>
  )
}

function Suggestion({ text }: { text: string }) {
  return (
    <>
      {' '}
      <Trans>
        Meant perhaps: <HostileText text={text} className="font-mono" />
      </Trans>
    </>
  )
}

function Place({ finding: { item, option, file, line } }: { finding: Finding }) {
  const { i18n } = useLingui()
  const place = file ? (line ? `${file}:${line}` : file) : null
  return (
    <span className="flex flex-wrap gap-x-2 text-xs text-muted">
      {item ? (
        <ItemLink id={item} search={option ? { find: option } : undefined}>
          {i18n._(KIND_WORDS[item.kind])} <HostileText text={item.name} />
          {option ? <HostileText text={` · ${option}`} /> : null}
        </ItemLink>
      ) : option ? (
        <code className="font-mono">
          <HostileText text={option} />
        </code>
      ) : null}
      {place ? (
        <code className="font-mono">
          <HostileText text={place} />
        </code>
      ) : null}
    </span>
  )
}
