import { Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { Schemas } from '@/api/client'
import { Panel } from '@/components/PageHeader'
import { RegexText } from '@/components/RegexText'
import { CopyButton, HostileText } from '@/components/Text'
import { Switch } from '@/components/Toggle'
import { jailRoute } from '@/routes/jail'

type Settings = Schemas['JailSettingsBody']

/** How fail2ban names its own recognition, which takes effect when no pattern is set. */
const AUTOMATIC_DATES = 'Default Detectors'

/** How the jail recognises failures. */
export function RegexesTab({ settings }: { settings: Settings }) {
  const { t } = useLingui()
  const { full = false } = jailRoute.useSearch()
  const navigate = jailRoute.useNavigate()
  const { preRegex, failRegex, ignoreRegex, datePattern } = settings
  return (
    <div className="flex flex-col gap-3">
      <Switch
        label={t`Show tags written out`}
        hint={
          <Trans>
            <Tag name="<HOST>" />, <Tag name="<ADDR>" /> and <Tag name="<SUBNET>" /> stand for the long expressions with
            which fail2ban finds an address. What is copied is always written out, as fail2ban runs it.
          </Trans>
        }
        checked={full}
        onChange={(on) =>
          void navigate({
            search: (before) => ({ ...before, full: on ? true : undefined }),
            replace: true,
            resetScroll: false,
          })
        }
      />
      {preRegex ? (
        <RegexPanel
          title={<Trans>First condition</Trans>}
          term="prefregex"
          means={<Trans>A line must match this before the others are tried on what it captures.</Trans>}
          regexes={[preRegex]}
          full={full}
          none={null}
        />
      ) : null}
      <RegexPanel
        title={<Trans>Failures</Trans>}
        term="failregex"
        means={<Trans>A line that matches one of these is a failure of the address in it.</Trans>}
        regexes={failRegex}
        full={full}
        none={<Trans>There is none, so the jail finds no failures.</Trans>}
      />
      <RegexPanel
        title={<Trans>Lines left alone</Trans>}
        term="ignoreregex"
        means={<Trans>A line that matches one of these is no failure, whatever else it matches.</Trans>}
        regexes={ignoreRegex}
        full={full}
        none={<Trans>There is none: every failure counts.</Trans>}
      />
      <RegexPanel
        title={<Trans>Date pattern</Trans>}
        term="datepattern"
        means={<Trans>How the time of a line is found.</Trans>}
        regexes={datePattern && datePattern !== AUTOMATIC_DATES ? [datePattern] : []}
        full
        none={<Trans>None is set: fail2ban recognises the usual forms by itself.</Trans>}
      />
    </div>
  )
}

function Tag({ name }: { name: string }) {
  return <code className="mx-px rounded-sm bg-accent-soft px-1 font-mono text-accent">{name}</code>
}

type RegexPanelProps = {
  title: ReactNode
  term: string
  means: ReactNode
  regexes: readonly string[]
  full: boolean
  /** What it means when there are none. */
  none: ReactNode
}

function RegexPanel({ title, term, means, regexes, full, none }: RegexPanelProps) {
  return (
    <Panel
      title={
        <>
          {title} <span className="font-mono text-xs font-normal text-muted">{term}</span>
        </>
      }
      actions={regexes.length > 1 ? <CopyAll term={term} regexes={regexes} /> : undefined}
    >
      <p className="border-b px-3 py-1.5 text-sm text-muted last:border-0">
        {means} {regexes.length === 0 ? none : null}
      </p>
      {regexes.length > 0 ? (
        <ol>
          {regexes.map((regex, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the number is what fail2ban knows a regex by; two may be the same.
            <li key={index} className="flex items-start gap-2 border-b px-3 py-1.5 last:border-0">
              {regexes.length > 1 ? (
                <span className="w-6 shrink-0 pt-0.5 text-right text-xs text-muted tabular-nums">{index + 1}</span>
              ) : null}
              <code className="min-w-0 flex-1 pt-0.5 font-mono text-sm wrap-anywhere whitespace-pre-wrap">
                {full ? <HostileText text={regex} /> : <RegexText regex={regex} />}
              </code>
              <CopyButton text={regex} />
            </li>
          ))}
        </ol>
      ) : null}
    </Panel>
  )
}

function CopyAll({ term, regexes }: { term: string; regexes: readonly string[] }) {
  // The form of the configuration: one a line, under one key.
  return (
    <span className="flex items-center gap-1 text-sm text-muted">
      <Trans>All</Trans>
      <CopyButton text={`${term} = ${regexes.join('\n            ')}`} />
    </span>
  )
}
