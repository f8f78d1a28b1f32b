import { screen, waitFor } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, test, vi } from 'vitest'
import { ApiProblem } from '@/api/client'
import { renderWith } from '@/test/render'
import { Button } from './Button'
import { ConfirmDialog, Dialog } from './Dialog'
import { ErrorBoundary } from './ErrorBoundary'
import { Field, Input, Select } from './Field'
import { Menu } from './Menu'
import { ProblemNote } from './ProblemNote'
import { Table, Td, Th, Tr } from './Table'
import { Tabs } from './Tabs'
import { Address, HostileText, Time, TimeLeft } from './Text'

describe('Dialog', () => {
  test('Esc asks to close', async () => {
    const onClose = vi.fn()
    renderWith(
      <Dialog open onClose={onClose} title="Ban">
        text
      </Dialog>,
    )
    screen.getByRole('dialog', { name: 'Ban' }).dispatchEvent(new Event('cancel', { cancelable: true }))
    expect(onClose).toHaveBeenCalledTimes(1)
  })

  test('while locked neither Esc nor the cross closes', async () => {
    const onClose = vi.fn()
    const { user } = renderWith(
      <Dialog open onClose={onClose} title="Ban" locked>
        text
      </Dialog>,
    )
    screen.getByRole('dialog').dispatchEvent(new Event('cancel', { cancelable: true }))
    await user.click(screen.getByRole('button', { name: 'Close' }))
    expect(onClose).not.toHaveBeenCalled()
  })
})

describe('ConfirmDialog', () => {
  test('the worst wants the word typed first', async () => {
    const onConfirm = vi.fn(async () => {})
    const { user } = renderWith(
      <ConfirmDialog
        open
        onClose={() => {}}
        title="Unban"
        verb="Unban everything"
        typed="unban all"
        onConfirm={onConfirm}
      >
        All of them.
      </ConfirmDialog>,
    )
    const button = screen.getByRole('button', { name: 'Unban everything' })
    expect(button).toBeDisabled()
    await user.type(screen.getByRole('textbox'), 'unban al')
    expect(button).toBeDisabled()
    await user.type(screen.getByRole('textbox'), 'l')
    await user.click(button)
    expect(onConfirm).toHaveBeenCalledTimes(1)
  })

  test('a failure is shown in it and it stays open', async () => {
    const onClose = vi.fn()
    const { user } = renderWith(
      <ConfirmDialog
        open
        onClose={onClose}
        title="Stop"
        verb="Stop jail"
        onConfirm={async () => {
          throw new ApiProblem('daemon-unavailable', 503, null)
        }}
      >
        sshd
      </ConfirmDialog>,
    )
    await user.click(screen.getByRole('button', { name: 'Stop jail' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('fail2ban cannot be reached.')
    expect(onClose).not.toHaveBeenCalled()
  })
})

describe('Field', () => {
  test('ties label, hint and error to its control', () => {
    renderWith(
      <Field label="Path" hint="absolute" error="missing">
        {(field) => <Input {...field} />}
      </Field>,
    )
    const input = screen.getByRole('textbox', { name: 'Path' })
    expect(input).toHaveAccessibleDescription('absolute missing')
    expect(input).toBeInvalid()
  })
})

test('Select gives the chosen value', async () => {
  const onChange = vi.fn()
  const { user } = renderWith(
    <Select
      aria-label="Family"
      value="v4"
      options={[
        { value: 'v4', label: 'IPv4' },
        { value: 'v6', label: 'IPv6' },
      ]}
      onChange={onChange}
    />,
  )
  await user.selectOptions(screen.getByRole('combobox'), 'IPv6')
  expect(onChange).toHaveBeenCalledWith('v6')
})

function Example() {
  const [tab, setTab] = useState<'a' | 'b'>('a')
  return (
    <Tabs
      label="Jail"
      value={tab}
      onChange={setTab}
      tabs={[
        { id: 'a', label: 'Bans' },
        { id: 'b', label: 'Settings' },
      ]}
    >
      panel {tab}
    </Tabs>
  )
}

test('Tabs move by arrow keys and wrap', async () => {
  const { user } = renderWith(<Example />)
  await user.click(screen.getByRole('tab', { name: 'Bans' }))
  await user.keyboard('{ArrowLeft}')
  expect(screen.getByRole('tab', { name: 'Settings' })).toHaveFocus()
  expect(screen.getByRole('tabpanel', { name: 'Settings' })).toHaveTextContent('panel b')
})

test('Menu opens by keyboard, acts and gives the focus back', async () => {
  const onSelect = vi.fn()
  const { user } = renderWith(
    <Menu label="Row actions" items={[{ label: 'Unban', onSelect }]}>
      …
    </Menu>,
  )
  const button = screen.getByRole('button', { name: 'Row actions' })
  button.focus()
  await user.keyboard('{Enter}')
  const item = await screen.findByRole('menuitem', { name: 'Unban' })
  await user.click(item)
  expect(onSelect).toHaveBeenCalledTimes(1)
  await waitFor(() => expect(button).toHaveFocus())
})

test('Th sorts numbers downwards first, then turns round', async () => {
  const onSort = vi.fn()
  const table = (sort?: { by: 'bans'; order: 'asc' | 'desc' }) => (
    <Table label="Jails">
      <thead>
        <Tr>
          <Th num sortKey="bans" sort={sort} onSort={onSort}>
            Bans
          </Th>
        </Tr>
      </thead>
      <tbody>
        <Tr>
          <Td num label="Bans">
            1
          </Td>
        </Tr>
      </tbody>
    </Table>
  )
  const { user, unmount } = renderWith(table())
  await user.click(screen.getByRole('button', { name: 'Bans' }))
  expect(onSort).toHaveBeenLastCalledWith({ by: 'bans', order: 'desc' })
  unmount()
  const again = renderWith(table({ by: 'bans', order: 'desc' }))
  expect(screen.getByRole('columnheader')).toHaveAttribute('aria-sort', 'descending')
  await again.user.click(screen.getByRole('button', { name: 'Bans' }))
  expect(onSort).toHaveBeenLastCalledWith({ by: 'bans', order: 'asc' })
})

test('Time shows the age, and date and zone on hover', () => {
  renderWith(<Time at={new Date(Date.now() - 300_000).toISOString()} />)
  const time = screen.getByText('5 min. ago')
  expect(time.title).toMatch(/GMT\+[12]$/)
})

test('TimeLeft of a permanent ban says so in both languages', () => {
  const { unmount } = renderWith(<TimeLeft until={null} permanent />)
  expect(screen.getByText('permanent')).toBeInTheDocument()
  unmount()
  renderWith(<TimeLeft until={null} permanent />, { locale: 'de' })
  expect(screen.getByText('dauerhaft')).toBeInTheDocument()
})

test('HostileText shows an override instead of obeying it', () => {
  const { container } = renderWith(<HostileText text={'a\u202eb'} />)
  expect(container.querySelector('bdi')).toHaveTextContent('aU+202Eb')
})

test('Address copies what it shows', async () => {
  const { user } = renderWith(<Address value="2001:db8::1" />)
  await user.click(screen.getByRole('button', { name: 'Copy 2001:db8::1' }))
  expect(await navigator.clipboard.readText()).toBe('2001:db8::1')
})

test('a busy Button cannot be pressed again', async () => {
  const onClick = vi.fn()
  const { user } = renderWith(
    <Button busy onClick={onClick}>
      Ban
    </Button>,
  )
  await user.click(screen.getByRole('button', { name: 'Ban' }))
  expect(onClick).not.toHaveBeenCalled()
})

describe('ProblemNote', () => {
  const problem = new ApiProblem('unsafe-reload', 409, {
    type: '/problems/unsafe-reload',
    title: 'Unsafe reload',
    status: 409,
    requestId: 'req-9',
    detail: 'It would lose a jail.',
    remedy: 'Mend the jail first.',
    problems: [{ jail: 'ss\u200bhd', detail: 'no log file' }],
  })

  test('says what happened, why, what to do, and keeps the request for the curious', () => {
    renderWith(<ProblemNote problem={problem} />)
    const note = screen.getByRole('alert')
    expect(note).toHaveTextContent('The reload was not done: it would break running jails.')
    expect(note).toHaveTextContent('It would lose a jail.')
    expect(note).toHaveTextContent('ssU+200Bhd: no log file')
    expect(note).toHaveTextContent('Mend the jail first.')
    expect(note).toHaveTextContent('request req-9')
  })

  test('speaks German', () => {
    renderWith(<ProblemNote problem={problem} />, { locale: 'de' })
    expect(screen.getByRole('alert')).toHaveTextContent('Nicht neu geladen')
  })

  test('a code that is newer than the page shows the title of the server', () => {
    renderWith(
      <ProblemNote problem={new ApiProblem('brand-new', 409, { ...problem.problem, title: 'Brand new' } as never)} />,
    )
    expect(screen.getByRole('alert')).toHaveTextContent('Brand new')
  })
})

function Part({ broken }: { broken: () => boolean }) {
  if (broken()) throw new Error('torn')
  return <p>whole</p>
}

test('ErrorBoundary keeps a failure inside and can be tried again', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  let broken = true
  const { user } = renderWith(
    <>
      <p>beside</p>
      <ErrorBoundary>
        <Part broken={() => broken} />
      </ErrorBoundary>
    </>,
  )
  expect(screen.getByText('beside')).toBeInTheDocument()
  broken = false
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(screen.getByText('whole')).toBeInTheDocument()
})
