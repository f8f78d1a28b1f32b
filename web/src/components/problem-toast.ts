import type { I18n } from '@lingui/core'
import { useLingui } from '@lingui/react'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { ApiProblem } from '@/api/problem'
import { type ServerWords, serverWordsQuery } from '@/i18n/server-words'
import { visible } from '@/lib/hostile'
import { type NewToast, toast } from './toasts'

/** What a problem says beside its title, in few words: in the language of the page, else the API's own sentence, marked as English. */
function particulars({ code, problem }: ApiProblem, words: ServerWords | null): Partial<NewToast> {
  const said = words?.problems[code]
  if (said?.detail) return { detail: said.detail }
  const english = [problem?.detail, ...(problem?.errors ?? []).map((error) => error.message)].filter(Boolean).join(' ')
  if (!english || said?.particulars === 'folded') return {}
  return { detail: visible(english), detailLang: 'en' }
}

/** Tells a problem as a toast. `text` is what the page says of it, such as its title. */
export async function toastProblem(queryClient: QueryClient, i18n: I18n, problem: ApiProblem, text: string) {
  const words = await queryClient.fetchQuery(serverWordsQuery(i18n.locale)).catch(() => null)
  toast({ text, ...particulars(problem, words), tone: 'danger' })
}

/** Tells whatever was thrown as a toast, by its title. */
export function useProblemToast(titleOf: (problem: ApiProblem) => string): (error: unknown) => void {
  const { i18n } = useLingui()
  const queryClient = useQueryClient()
  return (error) => {
    const problem = ApiProblem.from(error)
    void toastProblem(queryClient, i18n, problem, titleOf(problem))
  }
}
