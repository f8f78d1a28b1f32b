//! Python's rules for text, where they differ from Rust's.

/// Whether Python counts this character as white space; four separators more than Unicode does.
#[must_use]
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Whether a regular expression of Python's counts this character as part of a word.
#[must_use]
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Without white space at both ends.
#[must_use]
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Reads an integer as Python's `int()` does: white space around it, a sign, single underscores between digits.
///
/// Gives the digits without leading zeros, because there is no upper limit.
#[must_use]
pub fn integer(text: &str) -> Option<String> {
    // Python refuses more digits than this.
    const MOST_DIGITS: usize = 4300;
    let text = strip(text);
    let (minus, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let groups: Vec<&str> = digits.split('_').collect();
    let fits = |group: &&str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    if !groups.iter().all(fits) {
        return None;
    }
    let joined = groups.concat();
    if joined.len() > MOST_DIGITS {
        return None;
    }
    let significant = joined.trim_start_matches('0');
    Some(match (significant, minus) {
        ("", _) => "0".to_owned(),
        (digits, true) => format!("-{digits}"),
        (digits, false) => digits.to_owned(),
    })
}

/// What fail2ban takes for true; everything else is false.
#[must_use]
pub fn truth(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "1" | "on" | "true" | "yes")
}

/// Text as Python's `repr` prints it; messages of fail2ban quote that way.
#[must_use]
pub fn repr(text: &str) -> String {
    use std::fmt::Write;
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() || (is_space(c) && c != ' ') => {
                let code = u32::from(c);
                // Writing into a String cannot fail.
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::{integer, repr, strip, truth};

    #[test]
    fn integers_are_read_as_python_reads_them() {
        for (text, wanted) in [
            ("5", Some("5")),
            (" +007\t", Some("7")),
            ("-1_000", Some("-1000")),
            ("-0", Some("0")),
            ("99999999999999999999999", Some("99999999999999999999999")),
            ("1__0", None),
            ("_1", None),
            ("five", None),
            ("", None),
            ("1.5", None),
        ] {
            assert_eq!(integer(text).as_deref(), wanted, "{text:?}");
        }
    }

    #[test]
    fn truth_has_four_words_in_any_case() {
        assert!(truth("Yes") && truth("1") && truth("ON") && truth("true"));
        assert!(!truth("enabled") && !truth(" true") && !truth("2"));
    }

    #[test]
    fn quoting_is_that_of_repr() {
        assert_eq!(repr("it's"), "\"it's\"");
        assert_eq!(repr("a\n\u{1}'\""), "'a\\n\\x01\\'\"'");
    }

    #[test]
    fn stripping_takes_the_separators_of_python() {
        assert_eq!(strip("\u{1c} a b\u{a0}\n"), "a b");
    }
}
