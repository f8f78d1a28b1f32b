import { describe, expect, it } from 'vitest'
import api from '@/api/words.json'
import { PROBLEM_TITLES } from '@/components/ProblemNote'
import { BLOCKING_TITLES } from '@/features/blocking/problem-titles'
import { words as whyWords } from '@/features/blocking/why-words.de'
import { words as serverWords } from '@/i18n/server-words.de'
import { CONFIG_TITLES } from '../problem-titles'
import { finding } from '../test-config'
import { words as german } from './de'
import { sayFinding } from './words'

// `words.json` is made from the server's code: what it names and the page has no words for would stand there in English.

const sorted = (names: Iterable<string>) => [...names].sort()

describe('the German words', () => {
  it('say what each option does that the API describes, and no other', () => {
    const told = Object.entries(german.help).flatMap(([item, options]) =>
      Object.keys(options).map((name) => `${item} ${name}`),
    )
    expect(sorted(told)).toEqual(sorted(api.options.map(({ item, name }) => `${item} ${name}`)))
  })

  it('are whole sentences, and none is the English one', () => {
    for (const { item, name, help } of api.options) {
      const said = german.help[item]?.[name] ?? ''
      expect(said, name).toMatch(/^[A-ZÄÖÜ].{10,}\.$/)
      expect(said, name).not.toBe(help)
    }
  })

  it('name each unit', () => {
    const units = new Set(api.options.flatMap(({ unit }) => unit ?? []))
    expect(sorted(Object.keys(german.units))).toEqual(sorted(units))
  })

  it('keep each name, path and value that the English help spells out', () => {
    // What is written alike in every language: placeholders, options with a point or an underscore, versions.
    const fixed = /<[\w/-]+>|%\([\w/]+\)s|\b\d+\.\d+(?:\.\d+)?\b|\b[A-Z]{4,}\b/g
    for (const { item, name, help } of api.options) {
      const said = german.help[item]?.[name] ?? ''
      for (const [word] of help.matchAll(fixed)) {
        if (word === 'PATH') continue
        expect(said, `${item} ${name}`).toContain(word)
      }
    }
  })

  it('have a sentence for each code that a finding can have, and no other', () => {
    expect(sorted(Object.keys(german.findings))).toEqual(sorted(api.findings))
  })

  it('say each reason that has a name, and no other', () => {
    expect(sorted(Object.keys(whyWords))).toEqual(sorted(api.reasons))
  })

  it('are about problems that there are', () => {
    expect(api.problems).toEqual(expect.arrayContaining(Object.keys(serverWords.problems)))
  })
})

describe('titles of problems', () => {
  /** What this page never sends, and what the pages that ask others say in their own words. */
  const elsewhere = [
    'event-not-found',
    'lookup-failed',
    'lookup-timeout',
    'malformed-json',
    'malformed-request',
    'method-not-allowed',
    'online-lookups-off',
    'too-many-streams',
    'unsupported-media-type',
  ]

  it('stand in the catalogues for each problem of the API', () => {
    const titled = new Set([
      ...Object.keys(PROBLEM_TITLES),
      ...Object.keys(CONFIG_TITLES),
      ...Object.keys(BLOCKING_TITLES),
      ...elsewhere,
    ])
    expect(api.problems.filter((code) => !titled.has(code))).toEqual([])
  })
})

describe('sayFinding', () => {
  const found = finding({ code: 'unknown-option', option: 'maxretries', detail: 'nothing is called maxretries' })

  it('puts in what the finding is about, and leaves out a detail that says no more', () => {
    expect(sayFinding(german, found)).toEqual({
      text: 'Die Option maxretries kennt fail2ban nicht, und nichts verwendet sie: Sie hat keine Wirkung.',
      detail: null,
      folded: false,
    })
  })

  it('keeps a detail that says more', () => {
    const said = sayFinding(german, finding({ code: 'bad-time', detail: 'a number is missing at character 1' }))
    expect(said).toMatchObject({ detail: 'a number is missing at character 1', folded: true })
    expect(said.lang).toBeUndefined()
  })

  it('says in English what it has no words for', () => {
    const english = { text: found.detail, lang: 'en', detail: null, folded: false }
    expect(sayFinding(null, found)).toEqual(english)
    expect(sayFinding(german, { ...found, code: 'of-tomorrow' })).toEqual(english)
  })
})
