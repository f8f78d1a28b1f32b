//! The words of a line of `iptables-save`.

/// A word, and whether it was quoted: then it is never an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    quoted: bool,
}

impl Token {
    /// Whether it is this option.
    pub(crate) fn is(&self, option: &str) -> bool {
        !self.quoted && self.text == option
    }

    /// Whether something new begins with it: an option, or a negation of one.
    pub(crate) fn begins(&self) -> bool {
        !self.quoted && (self.text.starts_with('-') || self.text == "!")
    }
}

/// Splits a line at its spaces; words with spaces are in double quotes, and a backslash keeps the next character.
pub(crate) fn tokens(line: &str) -> Vec<Token> {
    let mut all = Vec::new();
    let mut characters = line.chars().peekable();
    while let Some(first) = characters.peek() {
        if first.is_whitespace() {
            characters.next();
            continue;
        }
        let mut token = Token {
            text: String::new(),
            quoted: false,
        };
        let mut within = false;
        while let Some(character) = characters.next_if(|c| within || !c.is_whitespace()) {
            match character {
                '"' => {
                    within = !within;
                    token.quoted = true;
                }
                '\\' => token.text.extend(characters.next()),
                other => token.text.push(other),
            }
        }
        all.push(token);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_keep_quoted_words_together_and_apart_from_options() {
        let all = tokens(r#"-A INPUT -m comment --comment "a \"-j\" b" -j DROP ! "-x" "open"#);
        let texts: Vec<&str> = all.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "-A",
                "INPUT",
                "-m",
                "comment",
                "--comment",
                "a \"-j\" b",
                "-j",
                "DROP",
                "!",
                "-x",
                "open"
            ]
        );
        let begins: Vec<&str> = all
            .iter()
            .filter(|token| token.begins())
            .map(|token| token.text.as_str())
            .collect();
        assert_eq!(begins, ["-A", "-m", "--comment", "-j", "!"]);
        assert_eq!(tokens(" \t "), []);
    }
}
