import { useLingui } from '@lingui/react/macro'
import { useEffect, useState } from 'react'
import { Input } from '@/components/Field'

/** Waits for the end of an address rather than asking for each digit. */
const TYPING_MS = 350

type AddressFieldProps = { value: string; onChange: (address: string | undefined) => void }

/** Narrows to an address, to the addresses of a network, or to exactly what stands in their place. */
export function AddressField({ value, onChange }: AddressFieldProps) {
  const { t } = useLingui()
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  useEffect(() => {
    const wanted = typed.trim()
    if (wanted === value) return
    const timer = setTimeout(() => onChange(wanted || undefined), TYPING_MS)
    return () => clearTimeout(timer)
  }, [typed, value, onChange])
  return (
    <Input
      type="search"
      data-search
      aria-label={t`Address or network`}
      placeholder={t`Address or network`}
      className="sm:w-56"
      autoCapitalize="none"
      autoComplete="off"
      spellCheck={false}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  )
}
