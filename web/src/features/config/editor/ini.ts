import { StreamLanguage, type StreamParser, type StringStream } from '@codemirror/language'
import { tags } from '@lezer/highlight'

type State = { inValue: boolean }

/** The syntax of fail2ban's files: sections, options, values over several lines, `%(…)s` and `<tags>` in them. */
export const iniParser: StreamParser<State> = {
  name: 'fail2ban',
  startState: () => ({ inValue: false }),
  token(stream, state) {
    if (stream.sol() && stream.string.trim() !== '') {
      // A line that begins with a space goes on with the value above it.
      const indented = /^\s/.test(stream.string)
      if (/^\s*[#;]/.test(stream.string)) {
        stream.skipToEnd()
        return 'comment'
      }
      if (!indented) state.inValue = false
      if (!indented && stream.match(/^\[[^\]]*\]/)) return 'section'
      if (!indented && stream.match(/^[^=:\s][^=:]*?(?=\s*[=:])/)) return 'option'
    }
    return state.inValue || /^\s/.test(stream.string) ? value(stream) : separator(stream, state)
  },
  tokenTable: {
    section: tags.heading,
    option: tags.propertyName,
    filled: tags.special(tags.string),
    tag: tags.tagName,
  },
}

function separator(stream: StringStream, state: State): string | null {
  if (stream.match(/^\s*[=:]\s*/)) {
    state.inValue = true
    return 'operator'
  }
  stream.next()
  return null
}

function value(stream: StringStream): string | null {
  if (stream.match(/^%\([^)\s]*\)s/)) return 'filled'
  if (stream.match(/^<[\w./?=-]+>/)) return 'tag'
  // An inline comment needs a space before it.
  if (stream.match(/^\s+;.*/)) return 'comment'
  stream.next()
  if (!stream.eol()) stream.match(/^[^%<\s]+/)
  return null
}

export const ini = StreamLanguage.define(iniParser)
