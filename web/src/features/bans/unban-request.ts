import { api, body, LOCAL_HOST, type Schemas } from '@/api/client'
import { targetKey, type UnbanTarget } from './ban-key'

export type Job = Schemas['JobBody']

/** The most targets that one request takes. */
export const MOST_TARGETS = 10_000
/** Browsers let requests that outlive the page carry 64 KiB in all; some is left for others. */
export const KEEPALIVE_BYTES = 60_000

function requestBody(targets: readonly UnbanTarget[]): Schemas['UnbanRequest'] {
  return { targets: targets.map(({ subject, jail }) => ({ subject, jail })) }
}

/** Asks for the unban. Up to 100 targets are answered at once, more become a job. */
export async function sendUnbans(targets: readonly UnbanTarget[]): Promise<Schemas['UnbanReportBody'] | Job> {
  return body<Schemas['UnbanReportBody'] | Job>(
    await api.POST('/api/v1/hosts/{host}/unbans', {
      params: { path: { host: LOCAL_HOST } },
      body: requestBody(targets),
    }),
  )
}

/** Splits targets into what a closing page may still send, the bytes of it, and what is too much for that. */
export function splitForKeepalive(
  targets: readonly UnbanTarget[],
  budget = KEEPALIVE_BYTES,
): { first: readonly UnbanTarget[]; bytes: number; rest: readonly UnbanTarget[] } {
  const encoder = new TextEncoder()
  const frame = '{"targets":[]}'.length
  let bytes = frame
  let count = 0
  for (const { subject, jail } of targets) {
    const size = encoder.encode(JSON.stringify({ subject, jail })).length + 1
    if (bytes + size > budget) break
    bytes += size
    count += 1
  }
  return { first: targets.slice(0, count), bytes: count > 0 ? bytes : 0, rest: targets.slice(count) }
}

/**
 * Sends while the page goes away. Not through the client: nothing may wait between the event and the request.
 * Nobody is left to read the answer; the next page shows what the daemon says.
 */
export function sendUnbansLeaving(targets: readonly UnbanTarget[], keepalive: boolean): void {
  const url = new URL(`api/v1/hosts/${LOCAL_HOST}/unbans`, document.baseURI)
  const headers = { 'content-type': 'application/json' }
  const text = JSON.stringify(requestBody(targets))
  fetch(url, { method: 'POST', credentials: 'same-origin', headers, body: text, keepalive }).catch(() => {})
}

/** Which rows are still banned after an unban, and in which words: the daemon's list decides, not its "OK". */
export function stillBanned(report: Schemas['UnbanReportBody'], targets: readonly UnbanTarget[]): UnbanTarget[] {
  const hosts = new Map(targets.map((target) => [`${target.jail ?? ''}\n${target.subject}`, target.host]))
  return report.results.flatMap((result) =>
    result.stillBannedIn.map((jail) => ({
      host: hosts.get(`${result.jail ?? ''}\n${result.subject}`) ?? LOCAL_HOST,
      subject: result.subject,
      jail,
    })),
  )
}

/** Every target once. */
export function distinct(targets: readonly UnbanTarget[]): UnbanTarget[] {
  return [...new Map(targets.map((target) => [targetKey(target), target])).values()]
}
