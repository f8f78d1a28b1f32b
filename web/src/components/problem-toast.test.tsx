import { screen } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { ApiProblem, type Problem } from '@/api/problem'
import { renderWith } from '@/test/render'
import { useProblemTitle } from './ProblemNote'
import { useProblemToast } from './problem-toast'
import { clearToasts } from './toasts'

beforeEach(clearToasts)

function Teller({ problem }: { problem: ApiProblem }) {
  const tell = useProblemToast(useProblemTitle())
  return (
    <button type="button" onClick={() => tell(problem)}>
      tell
    </button>
  )
}

async function tell(code: string, more: Partial<Problem>, locale: 'en' | 'de') {
  const type = `/problems/${code}`
  const problem = new ApiProblem(code, 400, { type, title: code, status: 400, requestId: 'req-1', ...more } as Problem)
  const { user } = renderWith(<Teller problem={problem} />, { locale })
  await user.click(screen.getByRole('button', { name: 'tell' }))
}

const detail = 'The socket was\u202e not found.'

test('the API’s own sentence stands on an English page, with its hidden characters shown', async () => {
  await tell('daemon-timeout', { detail }, 'en')
  expect(await screen.findByText('fail2ban did not answer in time.')).toBeVisible()
  expect(screen.getByText('The socket was[U+202E] not found.')).toBeVisible()
})

test('on a German page German words take its place', async () => {
  await tell('daemon-timeout', { detail }, 'de')
  expect(await screen.findByText('fail2ban nimmt Fragen an und hat nicht rechtzeitig geantwortet.')).toBeVisible()
  expect(screen.queryByText(/The socket/)).not.toBeInTheDocument()
})

test('what only the server can say stays English, and is marked as that', async () => {
  await tell('daemon-rejected', { detail: 'fail2ban refused: ValueError: no' }, 'de')
  expect(await screen.findByText('fail2ban refused: ValueError: no')).toHaveAttribute('lang', 'en')
})

test('what is wrong with single values is told', async () => {
  const errors = [{ field: 'items', code: 'length', message: 'at most 200 samples' }]
  await tell('invalid', { errors }, 'en')
  expect(await screen.findByText('at most 200 samples')).toBeVisible()
})

test('a problem that says no more than its title says it once', async () => {
  await tell('busy', {}, 'de')
  const toast = (await screen.findByText(/BanGUI ist beschäftigt/)).parentElement
  expect(toast?.children).toHaveLength(1)
})
