// Stories: tests whose steps go on where the one before ended.
import assert from 'node:assert/strict'
import { test } from 'node:test'

/** Gives the function that adds a step. The first failure ends the story, with a picture of what `pageNow` gives. */
export function story(pageNow) {
  let broken
  return function step(name, run) {
    test(name, async () => {
      assert.equal(broken, undefined, 'an earlier step failed')
      try {
        await run()
      } catch (error) {
        broken = name
        await pageNow()?.screenshot({ path: new URL('../out/failed.png', import.meta.url).pathname }).catch(() => {})
        throw error
      }
    })
  }
}

/** What the console was told since the last call, without what the step provoked. */
export function complaints(page, provoked) {
  const all = page.complaints.splice(0)
  return provoked ? all.filter((line) => !provoked.test(line)) : all
}
