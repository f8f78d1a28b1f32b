/**
 * Characters that hide, reorder or move text: controls, format characters (bidi marks, zero-width, tags), line and paragraph
 * separators, variation selectors, fillers, private use, lone surrogates.
 */
export const HIDDEN_CHARACTERS = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

export type Piece = { text: string; hidden: boolean }

/** Splits a text at characters that one cannot see; each of them becomes a piece of its own such as `U+202E`. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(HIDDEN_CHARACTERS)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index), hidden: false })
    found.push({ text: codePoint(match[0]), hidden: true })
    from = match.index + match[0].length
  }
  if (from < text.length) found.push({ text: text.slice(from), hidden: false })
  return found
}

/** The same as one plain text, for titles, labels and toasts. */
export function visible(text: string): string {
  return pieces(text)
    .map((piece) => (piece.hidden ? `[${piece.text}]` : piece.text))
    .join('')
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
