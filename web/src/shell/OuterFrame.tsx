import type { ReactNode } from 'react'
import { ErrorBoundary } from '@/components/ErrorBoundary'
import { LanguageSelect } from './LanguageSelect'
import { Mark } from './Mark'

/** The frame of the pages before the sign-in. */
export function OuterFrame({ title, wide = false, children }: { title: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col items-center px-4 py-8 sm:justify-center">
      <main className={`flex w-full flex-col gap-4 ${wide ? 'max-w-2xl' : 'max-w-sm'}`}>
        <div className="flex items-center justify-between">
          <Mark />
          <LanguageSelect />
        </div>
        <div className="rounded-md border bg-surface p-5">
          <h1 className="mb-4 text-xl font-semibold">{title}</h1>
          <ErrorBoundary>{children}</ErrorBoundary>
        </div>
      </main>
    </div>
  )
}
