//! Text as words: lists of addresses, and quoting as a shell does it.

use super::text::is_space;

/// Words between commas, spaces and line feeds; between any white space where `of_any_space`, as fail2ban does from 1.1 on.
pub(super) fn words(text: &str, of_any_space: bool) -> impl Iterator<Item = &str> {
    let parts =
        text.split(move |c| c == ',' || c == ' ' || c == '\n' || (of_any_space && is_space(c)));
    parts
        .map(super::text::strip)
        .filter(|word| !word.is_empty())
}

/// Words as a shell would take them; `None` where a quotation or an escape does not end.
///
/// Backslashes protect the next character outside of quotes, and inside of double quotes a quote or a backslash.
pub(super) fn shell_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(chars.next()?),
            '\'' | '"' => quoted(&mut chars, c, word.get_or_insert_default())?,
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

/// Takes what stands before the closing quote.
fn quoted(chars: &mut std::str::Chars<'_>, quote: char, word: &mut String) -> Option<()> {
    loop {
        match chars.next()? {
            c if c == quote => return Some(()),
            '\\' if quote == '"' => {
                let c = chars.next()?;
                if c != quote && c != '\\' {
                    word.push('\\');
                }
                word.push(c);
            }
            c => word.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{shell_words, words};

    #[test]
    fn words_end_at_tabs_only_where_any_space_parts() {
        let text = " a,b\tc \n,d";
        let old: Vec<&str> = words(text, false).collect();
        assert_eq!(old, ["a", "b\tc", "d"]);
        let new: Vec<&str> = words(text, true).collect();
        assert_eq!(new, ["a", "b", "c", "d"]);
    }

    #[test]
    fn quoting_is_that_of_a_shell() {
        let text = r#"a 'b c'"d\"\e" '' \  f"#;
        let wanted = ["a", "b cd\"\\e", "", " ", "f"];
        assert_eq!(shell_words(text).unwrap(), wanted);
        assert_eq!(shell_words("'a"), None);
        assert_eq!(shell_words("a\\"), None);
    }
}
