//! Text from strangers.

/// Longer than names of companies; what is beyond says nothing more.
const MAX_CHARS: usize = 200;

/// The text in one line, without what would act on a terminal or turn the line around; `None` when nothing is left.
pub(crate) fn clean(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !turns(*c))
        .take(MAX_CHARS)
        .collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// Marks of writing direction, which make text look like another one.
const fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_one_line_without_marks_that_act() {
        assert_eq!(
            clean(" a\u{1b}[31m\r\nb\u{202e}c ").as_deref(),
            Some("a[31m  bc")
        );
        assert_eq!(clean("\u{7}\n"), None);
        assert_eq!(clean(&"ä".repeat(300)).unwrap().chars().count(), 200);
    }
}
