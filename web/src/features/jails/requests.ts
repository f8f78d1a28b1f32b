import { api, body, LOCAL_HOST, type Schemas } from '@/api/client'
import type { Verb } from './verbs'

const at = (jail: string) => ({ params: { path: { host: LOCAL_HOST, jail } }, body: {} })

/** Does it, and tells what state the daemon says the jail is in now. */
export async function control(verb: Exclude<Verb, 'reload'>, jail: string): Promise<Schemas['JailStateBody']> {
  switch (verb) {
    case 'start':
      return body(await api.POST('/api/v1/hosts/{host}/jails/{jail}/start', at(jail)))
    case 'stop':
      return body(await api.POST('/api/v1/hosts/{host}/jails/{jail}/stop', at(jail)))
    case 'restart':
      return body(await api.POST('/api/v1/hosts/{host}/jails/{jail}/restart', at(jail)))
    case 'idle':
      return body(await api.POST('/api/v1/hosts/{host}/jails/{jail}/idle', at(jail)))
    case 'resume':
      return body(await api.POST('/api/v1/hosts/{host}/jails/{jail}/resume', at(jail)))
  }
}

export async function reloadJail(jail: string): Promise<Schemas['ReloadReportBody']> {
  return body(await api.POST('/api/v1/hosts/{host}/jails/{jail}/reload', at(jail)))
}

export async function reloadAll(): Promise<Schemas['ReloadReportBody']> {
  return body(await api.POST('/api/v1/hosts/{host}/reload', { params: { path: { host: LOCAL_HOST } }, body: {} }))
}

export async function changeSettings(
  jail: string,
  change: Schemas['JailSettingsRequest'],
): Promise<Schemas['JailSettingsBody']> {
  const answer = await api.PATCH('/api/v1/hosts/{host}/jails/{jail}/settings', { ...at(jail), body: change })
  return body(answer)
}

export async function addIgnored(jail: string, entry: string): Promise<string[]> {
  return body(await api.POST('/api/v1/hosts/{host}/jails/{jail}/ignore', { ...at(jail), body: { entry } })).items
}

export async function removeIgnored(jail: string, entry: string): Promise<string[]> {
  const params = { path: { host: LOCAL_HOST, jail }, query: { entry } }
  return body(await api.DELETE('/api/v1/hosts/{host}/jails/{jail}/ignore', { params })).items
}

export async function setIgnoreSelf(jail: string, enabled: boolean): Promise<boolean> {
  const answer = await api.PUT('/api/v1/hosts/{host}/jails/{jail}/ignore-self', { ...at(jail), body: { enabled } })
  return body(answer).enabled
}
