import type { ReactNode } from 'react'
import type { ApiProblem } from '@/api/problem'
import { Said } from './Said'

/** What the server finds wrong with a field: in the page's words, by the code of the error, else in its own. */
export function fieldFault(problem: ApiProblem | null, field: string, words: Record<string, string> = {}): ReactNode {
  const error = problem?.problem?.errors?.find((one) => one.field === field)
  if (!error) return null
  return words[error.code] ?? <Said text={error.message} />
}

/** Whether a problem has said all it has to say at these fields. */
export function isSaidAtFields(problem: ApiProblem, fields: readonly string[]): boolean {
  const { errors } = problem.problem ?? {}
  return problem.code === 'invalid' && errors !== undefined && errors !== null && errors.length > 0
    ? errors.every((error) => fields.includes(error.field))
    : false
}
