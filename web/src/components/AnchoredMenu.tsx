import * as Radix from '@radix-ui/react-dropdown-menu'
import { Fragment, useState } from 'react'
import { cx } from '@/lib/cx'
import { Icon } from './Icon'
import type { AnchoredMenuProps, MenuItem } from './Menu'

const ITEM = 'flex gap-2 rounded-sm px-2 outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover'
const ONE_LINE = 'h-8 items-center'

/** Radix's menu at any element. Not modal: the modal one would put a style element into the page, which the content policy forbids. */
export default function AnchoredMenu({ label, items, anchor, onClose }: AnchoredMenuProps) {
  const [box] = useState(() => anchor.getBoundingClientRect())
  return (
    <Radix.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <Radix.Trigger asChild>
        <span
          aria-hidden="true"
          tabIndex={-1}
          className="pointer-events-none fixed"
          style={{ left: box.left, top: box.top, width: box.width, height: box.height }}
        />
      </Radix.Trigger>
      <Radix.Portal container={anchor.closest('dialog') ?? document.body}>
        <Radix.Content
          aria-label={label}
          aria-labelledby={undefined}
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="z-40 min-w-44 rounded-md border border-edge bg-surface p-1 text-fg"
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            anchor.focus()
          }}
        >
          {items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a menu's items do not move while it is open.
            <Fragment key={index}>
              <Item item={item} />
            </Fragment>
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function Item({ item }: { item: MenuItem }) {
  if (item === 'separator') return <Radix.Separator className="my-1 border-t" />
  if ('heading' in item) return <Radix.Label className="px-2 py-1 text-xs text-muted">{item.heading}</Radix.Label>
  if (item.hint) return <HintedItem {...item} hint={item.hint} />
  const className = cx(ITEM, ONE_LINE, item.danger && 'text-danger')
  if (item.checked !== undefined) {
    return (
      <Radix.CheckboxItem
        role="menuitemradio"
        className={className}
        checked={item.checked}
        disabled={item.disabled}
        onSelect={item.onSelect}
      >
        <span className="w-4">{item.checked ? <Icon name="check" /> : null}</span>
        {item.label}
      </Radix.CheckboxItem>
    )
  }
  return (
    <Radix.Item className={className} disabled={item.disabled} onSelect={item.onSelect}>
      {item.icon ? <Icon name={item.icon} /> : null}
      {item.label}
    </Radix.Item>
  )
}

type Choice = Extract<MenuItem, { label: string }>

function HintedItem({ label, hint, icon, danger, disabled, onSelect }: Choice & { hint: string }) {
  return (
    <Radix.Item
      className={cx(ITEM, 'max-w-80 items-start py-1.5')}
      textValue={label}
      disabled={disabled}
      onSelect={onSelect}
    >
      {icon ? <Icon name={icon} className={cx('mt-0.5', danger && 'text-danger')} /> : null}
      <span className="min-w-0">
        <span className={cx('block', danger && 'text-danger')}>{label}</span>
        <span className="block text-sm text-muted">{hint}</span>
      </span>
    </Radix.Item>
  )
}
