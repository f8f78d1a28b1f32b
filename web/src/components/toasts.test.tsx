import { act, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { renderWith } from '@/test/render'
import ToastList from './ToastList'
import { closeToast, toast } from './toasts'

describe('toasts', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('the same result twice is one toast that counts', () => {
    renderWith(null)
    act(() => {
      toast({ text: 'Saved' })
      toast({ text: 'Saved' })
    })
    expect(screen.getAllByText(/Saved/)).toHaveLength(1)
    expect(screen.getByText(/×2/)).toBeInTheDocument()
  })

  test('a toast goes by itself and stays in the list', () => {
    renderWith(<ToastList onClose={() => {}} />)
    act(() => {
      toast({ text: 'Saved' })
    })
    expect(screen.getAllByText('Saved')).toHaveLength(2)
    act(() => {
      vi.advanceTimersByTime(6_000)
    })
    expect(screen.getAllByText('Saved')).toHaveLength(1)
  })

  test('undo counts down, and runs instead of the expiry', () => {
    const undo = vi.fn()
    const onExpire = vi.fn()
    renderWith(null)
    act(() => {
      toast({ text: 'Unbanned', undo, onExpire, seconds: 8 })
    })
    expect(screen.getByRole('button', { name: 'Undo' })).toHaveTextContent('8')
    act(() => {
      vi.advanceTimersByTime(3_000)
    })
    expect(screen.getByRole('button', { name: 'Undo' })).toHaveTextContent('5')
    act(() => screen.getByRole('button', { name: 'Undo' }).click())
    act(() => {
      vi.advanceTimersByTime(10_000)
    })
    expect(undo).toHaveBeenCalledTimes(1)
    expect(onExpire).not.toHaveBeenCalled()
  })

  test('the expiry comes once when the time is over', () => {
    const onExpire = vi.fn()
    renderWith(null)
    act(() => {
      toast({ text: 'Unbanned', undo: () => {}, onExpire, seconds: 8 })
    })
    act(() => {
      vi.advanceTimersByTime(20_000)
    })
    expect(onExpire).toHaveBeenCalledTimes(1)
    expect(screen.queryByText('Unbanned')).not.toBeInTheDocument()
  })

  test('closing a toast that can be undone is a decision, and expires it', () => {
    const onExpire = vi.fn()
    renderWith(null)
    let id = 0
    act(() => {
      id = toast({ text: 'Unbanned', undo: () => {}, onExpire, seconds: 8 })
    })
    act(() => closeToast(id))
    act(() => closeToast(id))
    expect(onExpire).toHaveBeenCalledTimes(1)
  })

  test('two undos of one text do not replace each other', () => {
    const first = vi.fn()
    renderWith(null)
    act(() => {
      toast({ text: 'Unbanned', undo: first, seconds: 8 })
      toast({ text: 'Unbanned', undo: () => {}, seconds: 8 })
    })
    expect(screen.getAllByRole('button', { name: 'Undo' })).toHaveLength(2)
  })
})
