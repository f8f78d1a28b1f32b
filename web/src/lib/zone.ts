import { createContext, useContext } from 'react'

export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}

/** The zone that times are shown in: the one of the settings once somebody is signed in. */
export const ZoneContext = createContext<string>(browserZone())

export function useZone(): string {
  return useContext(ZoneContext)
}
