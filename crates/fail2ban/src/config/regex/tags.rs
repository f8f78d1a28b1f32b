//! fail2ban's tags in expressions.

use std::collections::HashSet;

/// What stands for an IPv4 address. fail2ban's own takes the same addresses.
const IP4: &str = r"(?:::f{4,6}:)?(?P<ip4>(?:\d{1,3}\.){3}\d{1,3})";
/// What stands for an IPv6 address; more than fail2ban's own takes, which makes no difference to what is looked for here.
const IP6: &str = r"(?P<ip6>[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})";
/// What stands for a host name.
const DNS: &str = r"(?P<dns>[\w\-.^_]*\w)";
const CIDR: &str = r"(?P<cidr>\d+)";

/// The groups that say whom a line is about; one of lines that belong together by `<F-MLFID>` is enough.
pub(super) const WHOM: [&str; 5] = ["fid", "ip4", "ip6", "dns", "mlfid"];

/// The expression with its tags replaced as fail2ban does. `host_names` is whether `<HOST>` stands for names too.
pub(super) fn expand(regex: &str, host_names: bool) -> String {
    let mut open = HashSet::new();
    let mut out = String::with_capacity(regex.len());
    let mut skipped: u32 = 0;
    let mut rest = regex;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let Some(name) = tag(from) else {
            out.push('<');
            rest = from.get(1..).unwrap_or_default();
            continue;
        };
        match standing_for(name, host_names) {
            Some(text) => out.push_str(&text),
            None if name == "SKIPLINES" => {
                out.push_str(
                    &[
                        r"\n(?P<skiplines",
                        &skipped.to_string(),
                        r">(?:(?:.*\n)*?))",
                    ]
                    .concat(),
                );
                skipped += 1;
            }
            None => custom(name, &mut open, &mut out),
        }
        rest = from.get(name.len() + 2..).unwrap_or_default();
    }
    out.push_str(rest);
    with_local_flags(&out)
}

/// The name of the tag that a text begins with.
fn tag(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('<')?;
    let inside = inside.get(..inside.find('>')?)?;
    let name = inside.strip_prefix('/').unwrap_or(inside);
    let name = name.strip_suffix('/').unwrap_or(name);
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    is_name.then_some(inside)
}

fn standing_for(name: &str, host_names: bool) -> Option<String> {
    let address = || format!(r"\[?(?:{IP4}|{IP6})\]?");
    Some(match name {
        "HOST" if host_names => format!("(?:{}|{DNS})", address()),
        "HOST" | "ADDR" | "F-ADDR/" => address(),
        "IP4" | "F-IP4/" => IP4.to_owned(),
        "IP6" | "F-IP6/" => IP6.to_owned(),
        "DNS" | "F-DNS/" => DNS.to_owned(),
        "CIDR" | "F-CIDR/" => CIDR.to_owned(),
        "SUBNET" | "F-SUBNET/" => format!(r"\[?(?:{IP4}|{IP6})(?:/{CIDR})?\]?"),
        "F-ID/" => r"(?P<fid>\S+)".to_owned(),
        "F-PORT/" => r"(?P<fport>\w+)".to_owned(),
        _ => return None,
    })
}

/// A tag that begins or ends a group of the filter's own.
fn custom(name: &str, open: &mut HashSet<String>, out: &mut String) {
    let own = name.strip_prefix('/').unwrap_or(name);
    let is_custom = own.strip_prefix("F-").filter(|own| {
        let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
        !own.is_empty() && own.chars().all(fits)
    });
    match is_custom {
        Some(own) if !name.starts_with('/') => {
            open.insert(own.to_owned());
            let group = match own.to_lowercase().as_str() {
                "id" => "fid".to_owned(),
                "port" => "fport".to_owned(),
                own => own.to_owned(),
            };
            out.push_str(&["(?P<", &group, ">"].concat());
        }
        Some(own) if open.contains(own) => out.push(')'),
        _ => out.push_str(&["<", name, ">"].concat()),
    }
}

/// `((?i)…)` and `(?:(?i)…)` as `(?i:…)`: Python wants flags of the whole expression at its beginning.
fn with_local_flags(regex: &str) -> String {
    let mut out = String::with_capacity(regex.len());
    let mut rest = regex;
    while let Some(at) = rest.find('(') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let is_escaped = before.ends_with('\\');
        let inner = from.get(1..).unwrap_or_default();
        let inner = inner.strip_prefix("?:").unwrap_or(inner);
        let flags = inner.strip_prefix("(?").and_then(|text| {
            let flags = text.get(..text.find(')')?)?;
            (!flags.is_empty() && flags.chars().all(|c| c.is_ascii_lowercase())).then_some(flags)
        });
        if let Some(flags) = flags.filter(|_| !is_escaped) {
            out.push_str(&["(?", flags, ":"].concat());
            rest = inner.get(flags.len() + 3..).unwrap_or_default();
        } else {
            out.push('(');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn tags_become_groups_as_fail2ban_makes_them() {
        assert_eq!(
            expand("^<F-USER>.*</F-USER> a<b </F-X> <F-ID>x</F-ID>$", true),
            "^(?P<user>.*) a<b </F-X> (?P<fid>x)$"
        );
        assert!(expand("<HOST>", true).contains("(?P<dns>"));
        assert!(!expand("<HOST>", false).contains("(?P<dns>"));
        assert!(expand("a<SKIPLINES>b<SKIPLINES>", true).contains("skiplines1"));
        assert_eq!(expand("<matches> < >", true), "<matches> < >");
    }

    #[test]
    fn flags_of_a_group_stay_within_it() {
        assert_eq!(expand("^a((?i)b|c)$", true), "^a(?i:b|c)$");
        assert_eq!(expand("(?:(?i)b)", true), "(?i:b)");
        assert_eq!(expand(r"\((?i)b", true), r"\((?i)b");
    }
}
