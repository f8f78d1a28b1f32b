import { screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Schemas } from '@/api/client'
import api from '@/api/words.json'
import { renderWith } from '@/test/render'
import { said } from './test-blocking'
import { Why } from './Why'
import { words } from './why-words.de'

const gone: Schemas['Why'] = {
  code: 'status-gone',
  text: 'lists.example answers 404, so the list is not there any more',
  facts: { host: 'lists.example', status: 404 },
}

describe('a reason', () => {
  it('is what the server says, in English', async () => {
    renderWith(<Why why={gone} />, { locale: 'en' })
    expect(await screen.findByText(gone.text)).toBeVisible()
  })

  it('is said in the language of the page with what it is about', async () => {
    renderWith(<Why why={gone} />, { locale: 'de' })
    expect(
      await screen.findByText(/^lists\.example antwortet mit 404: Die Liste gibt es dort nicht mehr\./),
    ).toBeVisible()
    expect(screen.queryByText(/answers/)).toBeNull()
  })

  it('keeps what others say of it, and the rule that it is about, as they are', async () => {
    const why = {
      code: 'set-unread',
      text: 'the set x cannot be read: no such file (input: ip saddr @x drop)',
      facts: { name: 'x\u202e', detail: 'no such file', rule: 'input: ip saddr @x drop' },
    }
    renderWith(<Why why={why} />, { locale: 'de' })
    expect((await screen.findByText('no such file')).closest('[lang]')).toHaveAttribute('lang', 'en')
    expect(screen.getByText('input: ip saddr @x drop').closest('code')).toBeVisible()
    expect(document.body).toHaveTextContent(/lässt sich nicht lesen: no such file \(input: ip saddr @x drop\)/)
    expect(document.body.textContent).not.toContain('\u202e')
  })

  it('that has no name, or one of tomorrow, is what the server says, marked as English', async () => {
    for (const why of [said('it rains'), { ...gone, code: 'of-tomorrow' }]) {
      const { unmount } = renderWith(<Why why={why} />, { locale: 'de' })
      expect((await screen.findByText(why.text)).closest('[lang]')).toHaveAttribute('lang', 'en')
      unmount()
    }
  })
})

describe('the German words', () => {
  it('say every reason as a sentence, also where facts are missing', () => {
    for (const code of api.reasons) {
      expect(words[code]?.({}), code).toMatch(/^\S.{10,}/)
      expect(words[code]?.({}), code).not.toMatch(/undefined|null|NaN/)
    }
  })
})
