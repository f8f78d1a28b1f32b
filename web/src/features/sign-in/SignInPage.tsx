import { Trans, useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { ApiProblem, api, body } from '@/api/client'
import { keys } from '@/api/queries'
import { Banner } from '@/components/Banner'
import { Button } from '@/components/Button'
import { Field, Input } from '@/components/Field'
import { ProblemNote } from '@/components/ProblemNote'
import { useClock } from '@/lib/clock'
import { formatDuration } from '@/lib/format'
import { signInRoute } from '@/routes/sign-in'
import { OuterFrame } from '@/shell/OuterFrame'

export function SignInPage() {
  const { t } = useLingui()
  const { to } = signInRoute.useSearch()
  const router = useRouter()
  const queryClient = useQueryClient()
  const [name, setName] = useState('admin')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [lockedUntil, setLockedUntil] = useState(0)
  const passwordField = useRef<HTMLInputElement>(null)
  const left = useClock((now) => Math.max(0, Math.ceil((lockedUntil - now) / 1_000)))

  useEffect(() => {
    document.title = `${t`Sign in`} · BanGUI`
  }, [t])

  async function signIn(event: FormEvent) {
    event.preventDefault()
    if (busy || left > 0) return
    setBusy(true)
    setProblem(null)
    try {
      const session = body(await api.POST('/api/v1/session', { body: { name, password } }))
      queryClient.clear()
      queryClient.setQueryData(keys.session, session)
      // The path was checked when the URL was read: it leads nowhere but into this page.
      const target = new URL(to ?? '/', 'http://page.invalid')
      await router.navigate({
        to: target.pathname,
        search: router.options.parseSearch?.(target.search) ?? {},
        hash: target.hash.slice(1),
        replace: true,
      })
    } catch (error) {
      const failed = ApiProblem.from(error)
      if (failed.code === 'setup-required') {
        await router.navigate({ to: '/setup', replace: true })
        return
      }
      if (failed.status === 429) setLockedUntil(Date.now() + (failed.retryAfterSeconds ?? 30) * 1_000)
      setProblem(failed)
      setPassword('')
      passwordField.current?.focus()
    } finally {
      setBusy(false)
    }
  }

  return (
    <OuterFrame title={t`Sign in`}>
      <form className="flex flex-col gap-4" onSubmit={signIn}>
        <Field label={t`Name`}>
          {(field) => (
            <Input
              {...field}
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field
          label={t`Password`}
          error={problem?.code === 'wrong-credentials' ? t`Name or password is wrong.` : undefined}
        >
          {(field) => (
            <Input
              {...field}
              ref={passwordField}
              name="password"
              type="password"
              autoComplete="current-password"
              autoFocus
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <Trouble problem={problem} left={left} />
        <Button type="submit" tone="primary" busy={busy} disabled={left > 0}>
          {busy ? <Trans>Signing in…</Trans> : <Trans>Sign in</Trans>}
        </Button>
      </form>
    </OuterFrame>
  )
}

function Trouble({ problem, left }: { problem: ApiProblem | null; left: number }) {
  const { i18n } = useLingui()
  if (left > 0) {
    const wait = formatDuration(i18n, left)
    return (
      <Banner tone="warning" role="alert" title={<Trans>Too many attempts</Trans>}>
        {/* Counts every second; only the first sentence is to be read out. */}
        <span aria-live="off">
          <Trans>You can try again in {wait}.</Trans>
        </span>
      </Banner>
    )
  }
  if (!problem || problem.code === 'wrong-credentials' || problem.status === 429) return null
  return <ProblemNote problem={problem} />
}
