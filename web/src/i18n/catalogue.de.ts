import type { Messages } from '@lingui/core'

// The frame's texts and those of the areas that show themselves on every page or first of all. The rest comes with its pages.
const parts = import.meta.glob<{ messages: Messages }>(
  ['../locales/de.po', '../features/{overview,sign-in}/locales/de.po'],
  { eager: true },
)

export const messages: Messages = Object.assign({}, ...Object.values(parts).map((part) => part.messages))
