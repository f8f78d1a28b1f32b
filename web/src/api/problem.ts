import type { components } from './schema'

export type Problem = components['schemas']['Problem']

/** Codes the page itself makes for what never reached the server. */
export type LocalCode = 'network' | 'unreadable'

/**
 * An answer that was not a success, or no answer at all.
 * `code` is the last part of the problem's type, for example `daemon-unavailable`; `network` when nothing answered.
 */
export class ApiProblem extends Error {
  readonly code: string
  readonly status: number
  readonly problem: Problem | null

  constructor(code: string, status: number, problem: Problem | null, cause?: unknown) {
    super(problem?.detail ?? problem?.title ?? code, { cause })
    this.name = 'ApiProblem'
    this.code = code
    this.status = status
    this.problem = problem
  }

  /** Seconds to wait before another try, where the server said so. */
  get retryAfterSeconds(): number | null {
    return this.problem?.retryAfterSeconds ?? null
  }

  /** The server's message for one field of a form. */
  fieldMessage(field: string): string | null {
    return this.problem?.errors?.find((error) => error.field === field)?.message ?? null
  }

  static fromBody(body: unknown, response: Response): ApiProblem {
    if (!isProblem(body)) return new ApiProblem('unreadable', response.status, null)
    const code = body.type.split('/').pop() || 'internal'
    const header = Number(response.headers.get('retry-after'))
    const seconds = body.retryAfterSeconds ?? (Number.isFinite(header) && header > 0 ? header : null)
    return new ApiProblem(code, response.status, { ...body, retryAfterSeconds: seconds })
  }

  /** Any thrown value as a problem, so that the page has one thing to show. */
  static from(error: unknown): ApiProblem {
    if (error instanceof ApiProblem) return error
    return new ApiProblem('unreadable', 0, null, error)
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'type' in body && typeof body.type === 'string' && 'title' in body
}
