import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { cx } from '@/lib/cx'
import { visible } from '@/lib/hostile'
import { HostileText } from './Text'

/** An address, a network, or what stands in its place, that leads to all that is known of it. */
export const AddressLink = memo(function AddressLink({ subject, className }: { subject: string; className?: string }) {
  return (
    <Link
      to="/address/$subject"
      params={{ subject }}
      preload={false}
      title={visible(subject)}
      className={cx('min-w-0 font-mono text-sm hover:text-accent hover:underline', className)}
    >
      <HostileText text={subject} />
    </Link>
  )
})
