import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { CatalogueDialog } from './CatalogueDialog'
import { type Draft, draftOfKnown, NEW } from './draft'
import ListDialog from './ListDialog'
import { catalogueQuery } from './queries'

/** Adds a source: one of the well-known lists, or an address of one's own. */
export default function AddDialog({ onClose }: { onClose: () => void }) {
  const { data, error } = useQuery(catalogueQuery)
  const [start, setStart] = useState<Draft | null>(null)
  // Without a catalogue an address of one's own is all there is.
  if (start || error || data?.items.length === 0)
    return <ListDialog list={null} start={start ?? NEW} onClose={onClose} />
  return (
    <CatalogueDialog
      lists={data?.items}
      onChoose={(known) => setStart(draftOfKnown(known))}
      onOwn={() => setStart(NEW)}
      onClose={onClose}
    />
  )
}
