// Waiting for facts.

/** The most that any fact may take; a fact that comes sooner is noticed sooner. */
const LIMIT_MS = 60_000
const PAUSE_MS = 100

/** Calls `ask` until it gives something, and returns that. Says what did not happen otherwise. */
export async function until(what, ask, limit = LIMIT_MS) {
  const end = Date.now() + limit
  let last
  for (;;) {
    try {
      const answer = await ask()
      if (answer) return answer
      last = undefined
    } catch (error) {
      last = error
    }
    if (Date.now() > end) throw new Error(`in ${limit / 1000} s it did not happen that ${what}${last ? `: ${last.message}` : ''}`)
    await new Promise((done) => setTimeout(done, PAUSE_MS))
  }
}
