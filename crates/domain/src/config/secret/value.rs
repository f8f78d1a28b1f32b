//! How far a value goes.

/// Whether the lines of a text are read one by one, or as one value that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// A line ends everything.
    Apart,
    /// Quotes and brackets go on over lines.
    Together,
}

/// What encloses a place in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    lines: Lines,
    quote: Option<char>,
    /// Whether a bracket is open.
    bracket: bool,
}

impl Around {
    /// Nothing.
    pub(super) const fn new(lines: Lines) -> Self {
        Self {
            lines,
            quote: None,
            bracket: false,
        }
    }

    /// Only a quote.
    pub(super) const fn quoted_by(quote: Option<char>) -> Self {
        Self {
            quote,
            ..Self::new(Lines::Apart)
        }
    }

    pub(super) const fn without_quote(self) -> Self {
        Self {
            quote: None,
            ..self
        }
    }

    /// Goes on behind a text.
    pub(super) fn pass(&mut self, text: &str) {
        self.quote = quote_after(self.quote, text, self.lines);
        for c in text.chars() {
            match c {
                '[' => self.bracket = true,
                ']' => self.bracket = false,
                _ => {}
            }
        }
    }

    fn goes_on_over_lines(self) -> bool {
        self.lines == Lines::Together && (self.quote.is_some() || self.bracket)
    }
}

/// The quote that is open behind a text, where `open` was before it.
pub(super) fn quote_after(open: Option<char>, text: &str, lines: Lines) -> Option<char> {
    let mut open = open;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, open) {
            ('\n', _) if lines == Lines::Apart => open = None,
            ('\\', _) => {
                chars.next_if(|next| *next != '\n');
            }
            ('"' | '\'', None) => open = Some(c),
            (_, Some(quote)) if c == quote => open = None,
            _ => {}
        }
    }
    open
}

/// How many bytes of a text are the value that it begins with: to the closing quote and what hangs on it, else to the end of the shell's word for a flag,
/// else to the end of the quotes around it all, else to the line end, in brackets to the next comma or bracket.
pub(super) fn length(text: &str, is_flag: bool, around: Around) -> usize {
    let mut at = quoted(text);
    let own_quote = at > 0;
    if own_quote && !hangs_on(text, at, around.quote) {
        return at;
    }
    let mut around = around;
    let mut is_word = is_flag || own_quote;
    while let Some(c) = next(text, at) {
        if Some(c) == around.quote && hangs_on(text, at + c.len_utf8(), None) {
            // `'a'"b"` is one word.
            around = around.without_quote();
            is_word = true;
            at += c.len_utf8();
            continue;
        }
        let ends = match c {
            '\n' => is_word || !around.goes_on_over_lines(),
            ',' | ']' => !is_flag && around.bracket && around.quote.is_none(),
            _ => Some(c) == around.quote || (is_word && c.is_whitespace()),
        };
        if ends {
            break;
        }
        let rest = text.get(at..).unwrap_or_default();
        at += match c {
            '\\' => escaped(rest),
            '"' | '\'' => quote_within(rest, is_word),
            _ => c.len_utf8(),
        };
    }
    at
}

fn next(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Whether a word goes on behind a quote; `open` is the quote that ends it.
fn hangs_on(text: &str, at: usize, open: Option<char>) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '"' | '\'' | '\\');
    next(text, at).is_some_and(|c| goes_on(c) && Some(c) != open)
}

/// How many bytes a backslash and what it escapes are. The end of a line stays what it is.
fn escaped(text: &str) -> usize {
    let mut chars = text.chars();
    let backslash = chars.next().map_or(0, char::len_utf8);
    let next = chars.next().filter(|c| *c != '\n');
    backslash + next.map_or(0, char::len_utf8)
}

/// A quote in the midst of a value: to its end, or only the sign where it has none. Only in words of a shell it can be in another line: elsewhere it may
/// be an apostrophe.
fn quote_within(text: &str, is_word: bool) -> usize {
    let length = quoted(text);
    let within = text.get(..length).unwrap_or_default();
    let is_closed = length > 1 && within.ends_with(['"', '\'']);
    if is_closed && (is_word || !within.contains('\n')) {
        length
    } else {
        1
    }
}

/// How many bytes of a text its quote encloses, with the quotes; all of it where it is not closed, 0 where it begins with none.
fn quoted(text: &str) -> usize {
    for quote in ["\\\"", "\"", "'"] {
        if let Some(inner) = text.strip_prefix(quote) {
            let closing = closing(inner, quote);
            return closing.map_or(text.len(), |at| at + 2 * quote.len());
        }
    }
    0
}

/// Where a quote closes: not where a backslash more stands before it.
fn closing(inner: &str, quote: &str) -> Option<usize> {
    let mut places = inner.match_indices(quote);
    let is_free = |at: usize| {
        let before = inner.get(..at).unwrap_or_default();
        let backslashes = before.len() - before.trim_end_matches('\\').len();
        let is_escaped_quote = quote.starts_with('\\');
        if is_escaped_quote {
            backslashes == 0
        } else {
            backslashes % 2 == 0
        }
    };
    places.find(|(at, _)| is_free(*at)).map(|(at, _)| at)
}
