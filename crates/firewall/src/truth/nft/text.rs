//! Rules as `nft` prints them for people.
use std::collections::HashMap;

use crate::truth::model::{Family, TableKey};

/// A rule may name thousands of addresses.
const MAX_TEXT: usize = 600;

/// The text of a rule by its table, its chain and its handle.
#[derive(Debug, Default)]
pub(crate) struct Texts(HashMap<(TableKey, String, u64), String>);

impl Texts {
    /// Reads `nft -a list ruleset`.
    pub(crate) fn read(listing: &str) -> Self {
        let mut texts = HashMap::new();
        let mut table = None;
        let mut chain = None;
        for line in listing.lines() {
            let depth = line.bytes().take_while(|byte| *byte == b'\t').count();
            let (text, handle) = split(line.trim());
            let head = text.strip_suffix(" {");
            match (depth, head) {
                (0, Some(head)) => table = head.strip_prefix("table ").and_then(table_key),
                (1, Some(head)) => chain = head.strip_prefix("chain ").map(str::to_owned),
                (2, _) => {
                    if let (Some(table), Some(chain), Some(handle)) = (&table, &chain, handle) {
                        let key = (TableKey::clone(table), String::clone(chain), handle);
                        texts.insert(key, cut(text));
                    }
                }
                _ => {}
            }
        }
        Self(texts)
    }

    pub(crate) fn take(&mut self, table: &TableKey, chain: &str, handle: u64) -> Option<String> {
        self.0.remove(&(table.clone(), chain.to_owned(), handle))
    }
}

fn table_key(head: &str) -> Option<TableKey> {
    let (family, name) = head.split_once(' ')?;
    Some(TableKey {
        family: Family::parse(family)?,
        name: name.to_owned(),
        legacy: false,
    })
}

/// A line without the handle at its end.
fn split(line: &str) -> (&str, Option<u64>) {
    match line.rsplit_once(" # handle ") {
        Some((text, handle)) => (text, handle.parse().ok()),
        None => (line, None),
    }
}

/// A text without its end where it is long.
pub(crate) fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_TEXT {
        return text.to_owned();
    }
    text.chars().take(MAX_TEXT).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_rules_are_found_by_handle() {
        let listing = "table inet f2b-table { # handle 1\n\
            \tset addr-set-sshd { # handle 5\n\t\ttype ipv4_addr\n\t}\n\n\
            \tchain f2b-chain { # handle 1\n\
            \t\ttype filter hook input priority filter - 1; policy accept;\n\
            \t\ttcp dport { 22, 2222 } ip saddr @addr-set-sshd drop comment \"# handle 9\" # handle 17\n\
            \t\tjump {\n\t\t\tdrop # handle 9\n\t\t} # handle 18\n\t}\n}\n";
        let mut texts = Texts::read(listing);
        let table = TableKey {
            family: Family::Inet,
            name: "f2b-table".into(),
            legacy: false,
        };
        assert_eq!(
            texts.take(&table, "f2b-chain", 17).as_deref(),
            Some("tcp dport { 22, 2222 } ip saddr @addr-set-sshd drop comment \"# handle 9\"")
        );
        assert_eq!(texts.take(&table, "f2b-chain", 9), None);
        assert_eq!(texts.take(&table, "f2b-chain", 5), None);
    }
}
