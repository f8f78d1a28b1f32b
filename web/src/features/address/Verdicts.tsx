import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { Schemas } from '@/api/client'
import { Badge, type Tone } from '@/components/Badge'
import { HostileText, Num } from '@/components/Text'
import { Why } from '@/features/blocking/Why'

type Verdict = Schemas['FirewallVerdict']
type Rule = Schemas['FirewallRule']

const TONES: Record<Schemas['FirewallOutcome'], Tone> = {
  blocked: 'danger',
  notBlocked: 'neutral',
  cannotTell: 'warning',
}

/** A longer rule is folded away behind its beginning. */
const LONG_RULE = 110

/** What becomes of new packets on each way, with the rules that say so. */
export function Verdicts({ verdicts }: { verdicts: readonly Verdict[] }) {
  return (
    <ul>
      {verdicts.map((verdict) => (
        <li key={verdict.path} className="flex flex-col gap-1 border-b px-3 py-2 last:border-0">
          <Way verdict={verdict} />
        </li>
      ))}
    </ul>
  )
}

function Way({ verdict }: { verdict: Verdict }) {
  const { t } = useLingui()
  const { path, outcome, scope, closed, rules, unsure } = verdict
  const ways: Record<Schemas['FirewallPath'], string> = {
    host: t`To this machine`,
    forwarded: t`Through this machine`,
    published: t`To published ports of containers`,
  }
  const words: Record<Schemas['FirewallOutcome'], string> = {
    blocked: t`blocked`,
    notBlocked: t`not blocked`,
    cannotTell: t`cannot be told`,
  }
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-2">
        <span>{ways[path]}</span>
        <Badge tone={TONES[outcome]}>{words[outcome]}</Badge>
        {scope ? (
          <span className="text-sm">
            <Trans>
              only <Ports ports={scope} />
            </Trans>
          </span>
        ) : null}
        {closed ? (
          <span className="text-sm text-muted">
            <Trans>
              closed to everybody: <Ports ports={closed} />
            </Trans>
          </span>
        ) : null}
      </p>
      {rules.map((rule, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one unchanging list, in which a rule may stand twice.
        <RuleText key={index} rule={rule} />
      ))}
      {unsure.map((doubt) => (
        <Why key={doubt.text} why={doubt} className="text-sm wrap-anywhere text-muted" />
      ))}
    </>
  )
}

/** As the firewall writes ports; what joins them in the language of the page. */
function Ports({ ports }: { ports: Schemas['FirewallPorts'] }) {
  const { t, i18n } = useLingui()
  const { allBut, services } = ports
  if (services.length === 0) return allBut ? t`everything` : t`nothing`
  const joined = new Intl.ListFormat(i18n.locale).format(services)
  const named = <HostileText text={joined} className="font-mono" />
  return allBut ? <Trans>everything but {named}</Trans> : named
}

/** One rule as the firewall writes it. Comments in it may hold anything, so it is text and nothing else. */
function RuleText({ rule }: { rule: Rule }) {
  const text = (
    <code className="font-mono text-xs break-all">
      <HostileText text={rule.text} />
    </code>
  )
  return (
    <div className="text-sm text-muted">
      <p className="flex flex-wrap gap-x-3">
        <span className="font-mono text-xs wrap-anywhere">
          <HostileText text={rule.table} /> <HostileText text={rule.chain} />
        </span>
        {rule.scope ? (
          <span className="text-xs">
            <Trans>
              only <Ports ports={rule.scope} />
            </Trans>
          </span>
        ) : null}
        {rule.packets === null || rule.packets === undefined ? (
          <span className="text-xs">
            <Trans>does not count</Trans>
          </span>
        ) : (
          <span className="text-xs">
            <Packets count={rule.packets} />
          </span>
        )}
      </p>
      {rule.text.length > LONG_RULE ? (
        <details>
          <summary className="font-mono text-xs break-all text-fg">
            <HostileText text={rule.text.slice(0, LONG_RULE)} />…
          </summary>
          {text}
        </details>
      ) : (
        <p className="text-fg">{text}</p>
      )}
    </div>
  )
}

function Packets({ count }: { count: number }) {
  if (count < 1_000) return <Plural value={count} one="# packet" other="# packets" />
  return (
    <Trans>
      <Num value={count} /> packets
    </Trans>
  )
}
