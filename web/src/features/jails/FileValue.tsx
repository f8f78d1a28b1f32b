import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { HostileText } from '@/components/Text'
import { itemQuery } from '../config/queries'
import type { ItemOption } from '../config/types'

const FileValues = createContext<ReadonlyMap<string, ItemOption>>(new Map())

/** What the configuration's files say of a jail, for the rows below. Without an answer the rows just do without. */
export function WithFileValues({ jail, children }: { jail: string; children: ReactNode }) {
  const { data } = useQuery({ ...itemQuery('jail', jail), retry: false })
  const values = useMemo(() => new Map(data?.options.map((option) => [option.name, option])), [data])
  return <FileValues value={values}>{children}</FileValues>
}

/** The value of the files beside a running one, and the line that sets it. */
export function FileValue({ term }: { term: string }) {
  const option = useContext(FileValues).get(term)
  if (!option || option.hidden || typeof option.value !== 'string') return null
  const { setAt, value, differs } = option
  return (
    <span className={differs ? 'block text-xs text-warning' : 'block text-xs text-muted'}>
      {setAt ? (
        <Trans>
          <HostileText text={`${setAt.file}:${setAt.line}`} className="font-mono break-all" /> says{' '}
          <HostileText text={value} className="font-mono break-all" />
        </Trans>
      ) : (
        <Trans>
          fail2ban’s default is <HostileText text={value} className="font-mono break-all" />
        </Trans>
      )}
      {differs ? (
        <>
          {' '}
          <Trans>(not what runs)</Trans>
        </>
      ) : null}
    </span>
  )
}
