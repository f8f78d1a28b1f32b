import { act, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keys } from '@/api/queries'
import { hostStatus } from '@/test/fixtures'
import { renderWith } from '@/test/render'
import LiveDot from './LiveDot'

class FakeSource extends EventTarget {
  static newest: FakeSource | null = null
  onerror: (() => void) | null = null
  constructor(readonly url: string) {
    super()
    FakeSource.newest = this
  }
  close() {}
  say(type: string, data: unknown) {
    act(() => void this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) })))
  }
}

beforeEach(() => vi.stubGlobal('EventSource', FakeSource))
afterEach(() => vi.unstubAllGlobals())

test('the dot says how the stream is, and what it tells of the host is what the page shows', async () => {
  const { queryClient } = renderWith(<LiveDot />)
  expect(screen.getByText('Live feed reconnecting…')).toBeInTheDocument()
  FakeSource.newest?.say('hello', { lastEventId: null })
  expect(screen.getByText('Live feed on')).toBeInTheDocument()
  const status = hostStatus({ totals: { ...hostStatus().totals, currentlyBanned: 99 } })
  FakeSource.newest?.say('status', status)
  expect(queryClient.getQueryData(keys.status)).toEqual(status)
  act(() => FakeSource.newest?.onerror?.())
  expect(screen.getByText('Live feed reconnecting…')).toBeInTheDocument()
})

test('after too large a gap history and counts are loaded anew', async () => {
  const { queryClient } = renderWith(<LiveDot />, { locale: 'de' })
  queryClient.setQueryData([...keys.history, 'x'], 1)
  queryClient.setQueryData([...keys.stats, 'x'], 1)
  FakeSource.newest?.say('hello', { lastEventId: '1' })
  expect(screen.getByText('Live-Strom an')).toBeInTheDocument()
  FakeSource.newest?.say('behind', {})
  await waitFor(() => expect(queryClient.getQueryState([...keys.history, 'x'])?.isInvalidated).toBe(true))
  expect(queryClient.getQueryState([...keys.stats, 'x'])?.isInvalidated).toBe(true)
})
