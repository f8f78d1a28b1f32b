//! The options of a rule, one after the other.
use super::tokens::Token;

/// What is left of a rule.
#[derive(Debug)]
pub(crate) struct Options<'a>(pub(crate) &'a [Token]);

/// An option with its words.
#[derive(Debug)]
pub(crate) struct ListedOption<'a> {
    pub(crate) negated: bool,
    pub(crate) name: &'a str,
    words: &'a [Token],
}

impl<'a> ListedOption<'a> {
    /// The only word.
    pub(crate) fn word(&self) -> Option<&'a str> {
        match self.words {
            [word] => Some(word.text.as_str()),
            _ => None,
        }
    }

    /// Both words.
    pub(crate) fn two_words(&self) -> Option<(&'a str, &'a str)> {
        match self.words {
            [one, two] => Some((one.text.as_str(), two.text.as_str())),
            _ => None,
        }
    }

    pub(crate) const fn has_no_words(&self) -> bool {
        self.words.is_empty()
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = ListedOption<'a>;

    /// Words that belong to no option are an option without a name, which nobody knows.
    fn next(&mut self) -> Option<Self::Item> {
        let (first, mut rest) = self.0.split_first()?;
        let mut option = ListedOption {
            negated: first.is("!"),
            name: "",
            words: &[],
        };
        let name = if option.negated {
            let (name, after) = rest.split_first()?;
            rest = after;
            name
        } else {
            first
        };
        if name.begins() {
            option.name = name.text.as_str();
        }
        let count = rest.iter().take_while(|word| !word.begins()).count();
        (option.words, self.0) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        Some(option)
    }
}
