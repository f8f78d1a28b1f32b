import { useSyncExternalStore } from 'react'
import { ApiProblem, api, body } from '@/api/client'
import type { Job } from './unban-request'

/** How often a running job is asked how far it is. */
const JOB_POLL_MS = 600
/** Questions in a row that may fail before the page gives up following. */
const MOST_FAILURES = 10

/** A job that this page started and follows. */
export type FollowedJob = {
  job: Job
  kind: 'ban' | 'unban'
  jail?: string
  cancelling: boolean
  lost: ApiProblem | null
}

let jobs: readonly FollowedJob[] = []
const listeners = new Set<() => void>()

function set(next: readonly FollowedJob[]): void {
  jobs = next
  for (const listener of listeners) listener()
}

function change(id: string, to: Partial<FollowedJob>): void {
  set(jobs.map((one) => (one.job.id === id ? { ...one, ...to } : one)))
}

async function askJob(id: string): Promise<Job> {
  return body(await api.GET('/api/v1/jobs/{id}', { params: { path: { id } } }))
}

/** Follows a job to its end and returns what it came to. Throws when it cannot be followed any more. */
export async function startJob(job: Job, kind: 'ban' | 'unban', jail?: string): Promise<Job> {
  set([...jobs, { job, kind, jail, cancelling: false, lost: null }])
  let now = job
  let failures = 0
  try {
    while (now.state === 'running') {
      await new Promise((resolve) => setTimeout(resolve, JOB_POLL_MS))
      try {
        now = await askJob(job.id)
        failures = 0
        change(job.id, { job: now, lost: null })
      } catch (error) {
        const problem = ApiProblem.from(error)
        failures += 1
        change(job.id, { lost: problem })
        if (problem.status === 404 || problem.status === 401 || failures >= MOST_FAILURES) throw problem
      }
    }
    return now
  } finally {
    set(jobs.filter((one) => one.job.id !== job.id))
  }
}

/** Asks to stop. What is done stays done. */
export async function cancelJob(id: string): Promise<void> {
  change(id, { cancelling: true })
  try {
    await api.DELETE('/api/v1/jobs/{id}', { params: { path: { id } } })
  } catch (error) {
    change(id, { cancelling: false })
    throw error
  }
}

/** Jobs that run at the moment. */
export function useJobs(): readonly FollowedJob[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => jobs,
  )
}
