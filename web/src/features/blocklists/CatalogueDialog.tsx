import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import type { Schemas } from '@/api/client'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { EmptyState } from '@/components/EmptyState'
import { Input } from '@/components/Field'
import { Icon } from '@/components/Icon'
import { SkeletonRows } from '@/components/Skeleton'
import { Num } from '@/components/Text'
import { useLanguageWords } from '@/i18n/language-words'
import { CATALOGUE_LANGUAGES, type KnownWords } from './catalogue-words'

type Known = Schemas['KnownBlocklist']

type CatalogueDialogProps = {
  /** `undefined` until they are known. */
  lists: readonly Known[] | undefined
  onChoose: (known: Known) => void
  /** Wants to write an address instead. */
  onOwn: () => void
  onClose: () => void
}

/** The well-known lists to choose from: what is on each, and how it may be used. */
export function CatalogueDialog({ lists, onChoose, onOwn, onClose }: CatalogueDialogProps) {
  const { t } = useLingui()
  const { words } = useLanguageWords('catalogue', CATALOGUE_LANGUAGES)
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const found = lists?.filter((known) => {
    const said = words?.[known.key]
    return [known.name, known.about, said?.about ?? ''].some((text) => text.toLowerCase().includes(wanted))
  })
  return (
    <Dialog
      open
      onClose={onClose}
      size="lg"
      title={<Trans>Choose a well-known list</Trans>}
      footer={
        <>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button onClick={onOwn}>
            <Trans>Another address…</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-sm text-muted">
          <Trans>
            BanGUI brings none of them: it fetches what you choose from its publisher. You see what a list would block
            before it is added.
          </Trans>
        </p>
        <Input
          type="search"
          data-autofocus
          aria-label={t`Find a list`}
          placeholder={t`Name, or what is on it`}
          autoComplete="off"
          spellCheck={false}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        {found === undefined ? (
          <SkeletonRows />
        ) : found.length === 0 ? (
          <EmptyState title={<Trans>None of the well-known lists matches.</Trans>} />
        ) : (
          <ul className="rounded-md border">
            {found.map((known) => (
              <KnownRow key={known.key} known={known} words={words?.[known.key]} onChoose={onChoose} />
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  )
}

type KnownRowProps = { known: Known; words: KnownWords | undefined; onChoose: (known: Known) => void }

function KnownRow({ known, words, onChoose }: KnownRowProps) {
  const { t } = useLingui()
  const { name, home, entries, isAdded } = known
  const families = { v4: 'IPv4', v6: 'IPv6', both: t`IPv4 and IPv6` }[known.families]
  return (
    <li className="flex items-start gap-3 border-b px-3 py-2 last:border-0">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-medium">{name}</span>
          <span className="text-xs text-muted">
            {families}
            {entries ? (
              <>
                {' · '}
                <Trans>
                  about <Num value={entries} /> entries
                </Trans>
              </>
            ) : null}
          </span>
        </p>
        <p className="text-sm" lang={words ? undefined : 'en'}>
          {words?.about ?? known.about}
        </p>
        <p className="text-sm text-muted">
          <span lang={words ? undefined : 'en'}>{words?.terms ?? known.terms}</span>{' '}
          <a
            href={home}
            target="_blank"
            rel="noopener noreferrer"
            className="inline-flex items-center gap-1 text-accent hover:underline"
          >
            <Trans>Publisher</Trans>
            <Icon name="external" className="size-3" />
            <span className="sr-only">{t`of ${name}, in a new tab`}</span>
          </a>
        </p>
      </div>
      {isAdded ? (
        <Badge>{t`added`}</Badge>
      ) : (
        <Button size="sm" aria-label={t`Choose ${name}`} onClick={() => onChoose(known)}>
          <Trans>Choose</Trans>
        </Button>
      )}
    </li>
  )
}
