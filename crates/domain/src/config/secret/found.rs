//! Where secrets stand in a text: behind names that say so (`cftoken="…"`, `X-Auth-Key: …`, `--password …`), and as users with passwords
//! (`https://user:password@host`, `curl -u user:password`).
use std::ops::Range;

use super::names_a_secret;

/// Options of programs that take `user:password`.
const USER_FLAGS: [&str; 4] = ["-u", "-U", "--user", "--proxy-user"];

/// What stands between `Authorization:` and the secret.
const SCHEMES: [&str; 4] = ["bearer ", "basic ", "token ", "digest "];

const BLANKS: [char; 2] = [' ', '\t'];

/// The places of all secrets, in order. A reference such as `<cftoken>` or `%(cfapikey)s` is none.
pub(super) fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = named(text);
    found.extend(users_of_addresses(text));
    found.extend(users_of_flags(text));
    found.sort_by_key(|range| range.start);
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in found {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// Whether a value says nothing but where it comes from.
pub(super) fn is_reference(value: &str) -> bool {
    let inner = value.trim_matches(['"', '\'', '\\', ' ', '\t']);
    let mut rest = inner;
    while !rest.is_empty() {
        let bracketed = rest
            .strip_prefix('<')
            .and_then(|in_it| in_it.split_once('>'));
        let percent = || {
            rest.strip_prefix("%(")
                .and_then(|in_it| in_it.split_once(")s"))
        };
        rest = match bracketed.or_else(percent) {
            Some((name, after)) if is_tag(name) => after,
            _ => match rest.strip_prefix(':') {
                Some(after) => after,
                None => return false,
            },
        };
    }
    !inner.is_empty()
}

fn is_tag(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| is_name(c) || c == '/')
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Values behind names.
fn named(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open = None;
    let mut at = 0;
    while let Some(gap) = text.get(at..).and_then(|rest| rest.find(is_name)) {
        let start = at + gap;
        open = quote_after(open, text.get(at..start).unwrap_or_default());
        let rest = text.get(start..).unwrap_or_default();
        let end = start + rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        at = end;
        let name = text.get(start..end).unwrap_or_default();
        let Some(value) = value(text, name, end, open).filter(|_| names_a_secret(name)) else {
            continue;
        };
        // A value that holds further names ends no earlier than they do, unless they have quotes of their own.
        let is_inside = found.last().is_some_and(|last| start < last.end);
        let is_quoted = text
            .get(value.clone())
            .is_some_and(|v| v.starts_with(['"', '\'', '\\']));
        if !is_inside || is_quoted {
            found.push(value);
        }
    }
    found
}

/// The quote that is open behind a text, where `open` was before it. A line ends it.
fn quote_after(open: Option<char>, text: &str) -> Option<char> {
    let mut open = open;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, open) {
            ('\n', _) => open = None,
            ('\\', _) => {
                chars.next();
            }
            ('"' | '\'', None) => open = Some(c),
            (_, Some(quote)) if c == quote => open = None,
            _ => {}
        }
    }
    open
}

/// The value of a name that ends at `end`; `None` where it has none, or one that is a reference.
fn value(text: &str, name: &str, end: usize, open: Option<char>) -> Option<Range<usize>> {
    let after = text.get(end..)?;
    // `{"token": "…"}`: the name has quotes of its own.
    let closed = after
        .strip_prefix("\\\"")
        .or_else(|| after.strip_prefix(['"', '\'']));
    let open = if closed.is_some() { None } else { open };
    let behind = closed.unwrap_or(after);
    let sign = behind.trim_start_matches(BLANKS);
    let is_flag = name.starts_with("--");
    let value = if let Some(value) = sign.strip_prefix('=') {
        value.trim_start_matches('=')
    } else if is_header(name, sign) {
        sign.strip_prefix(':')?
    } else if is_flag && sign.len() < behind.len() && !sign.starts_with('-') {
        sign
    } else {
        return None;
    };
    let value = without_scheme(value.trim_start_matches(BLANKS));
    let said = value.get(..length(value, is_flag, open))?.trim_end();
    let start = text.len() - value.len();
    (!said.is_empty() && !is_reference(said)).then(|| start..start + said.len())
}

/// Whether a colon gives the name a value. `auth:` is what programs call themselves in logs, and `key://` an address.
fn is_header(name: &str, sign: &str) -> bool {
    sign.starts_with(':') && !sign.starts_with("://") && !name.eq_ignore_ascii_case("auth")
}

fn without_scheme(value: &str) -> &str {
    let is_scheme = |scheme: &&str| {
        let begin = value.get(..scheme.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    };
    let scheme = SCHEMES.iter().find(|scheme| is_scheme(scheme));
    let length = scheme.map_or(0, |scheme| scheme.len());
    value.get(length..).unwrap_or_default()
}

/// How many bytes of a text are the value that it begins with: to the closing quote, else to the end of the shell's word for a flag, else to the next
/// comma, bracket, line end, or the end of the quotes around it all.
fn length(text: &str, is_flag: bool, open: Option<char>) -> usize {
    for quote in ["\\\"", "\"", "'"] {
        if let Some(inner) = text.strip_prefix(quote) {
            let closing = inner.find(quote);
            return closing.map_or(text.len(), |at| at + 2 * quote.len());
        }
    }
    let ends = |c: char| match c {
        '\n' => true,
        ',' | ']' if !is_flag => true,
        _ => Some(c) == open || (is_flag && c.is_whitespace()),
    };
    text.find(ends).unwrap_or(text.len())
}

/// `https://user:password@host`.
fn users_of_addresses(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, sign) in text.match_indices("://") {
        let start = at + sign.len();
        let rest = text.get(start..).unwrap_or_default();
        let whole = until(rest, |c| c.is_whitespace() || matches!(c, '"' | '\''));
        let authority = until(whole, |c| matches!(c, '/' | '?' | '#'));
        // A password may hold a slash, a port does not.
        let user = authority.rsplit_once('@').or_else(|| {
            let (_, port) = authority.split_once(':')?;
            let is_port = authority.starts_with('[') || port.chars().all(|c| c.is_ascii_digit());
            whole.split_once('@').filter(|_| !is_port)
        });
        let Some((user, _)) = user else { continue };
        if !user.is_empty() && !is_reference(user) {
            found.push(start..start + user.len());
        }
    }
    found
}

/// `curl -u user:password`.
fn users_of_flags(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, flag) in USER_FLAGS.iter().flat_map(|flag| text.match_indices(flag)) {
        let before = text.get(..at).unwrap_or_default().chars().next_back();
        let after = text.get(at + flag.len()..).unwrap_or_default();
        let value = after.trim_start_matches([' ', '\t', '=']);
        if before.is_some_and(|c| !c.is_whitespace()) || value.len() == after.len() {
            continue;
        }
        let said = value.get(..length(value, true, None)).unwrap_or_default();
        // `date -u +%H:%M` prints the time.
        if said.contains(':')
            && !said.trim_start_matches(['"', '\'']).starts_with('+')
            && !is_reference(said)
        {
            let start = text.len() - value.len();
            found.push(start..start + said.len());
        }
    }
    found
}

/// The text up to the first character of some.
fn until(text: &str, ends: impl Fn(char) -> bool) -> &str {
    let end = text.find(ends).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::secrets;

    fn found(text: &str) -> Vec<&str> {
        let ranges = secrets(text).into_iter();
        ranges.map(|range| text.get(range).unwrap()).collect()
    }

    #[test]
    fn secret_is_found_in_all_the_ways_that_configurations_write_one() {
        for (text, wanted) in [
            ("token = abc def", "abc def"),
            ("x[token=ab cd, port=ssh]", "ab cd"),
            ("x[port=ssh, token='a,b']", "'a,b'"),
            ("curl --password s3 -v", "s3"),
            ("curl --password=s3 -v", "s3"),
            ("curl -H 'Authorization: Bearer abc' -v", "abc"),
            ("curl -H \"X-Auth-Key: abc\" -v", "abc"),
            ("curl -d '{\"apikey\": \"abc\", \"x\": 1}'", "\"abc\""),
            ("curl -d \"{\\\"apikey\\\":\\\"abc\\\"}\"", "\\\"abc\\\""),
            ("curl --data \"key=abc&x=1\" -v", "abc&x=1"),
            ("curl -u root:abc https://h", "root:abc"),
            ("curl --proxy-user=root:abc https://h", "root:abc"),
            ("get https://root:abc@h/x?y=z", "root:abc"),
            ("get https://root:a/b@h/x", "root:a/b"),
            ("get https://abc@h", "abc"),
            ("the password: abc", "abc"),
            ("\"pass=x=token=\"abc\"\"", "x=token=\"abc\""),
            ("webhook=https://h/abc", "https://h/abc"),
        ] {
            assert_eq!(found(text), [wanted], "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_is_left() {
        for text in [
            "x[cftoken=\"%(cfapikey)s\", key=<apikey>]",
            "curl --data \"apikey=<apikey>\" --data \"service=<service>\"",
            "curl -H 'X-Auth-Key: <cftoken>' -H 'Authorization: Bearer <cftoken>'",
            "curl -u \"<user>:<password>\" https://<user>:<password>@h:80/a@b",
            "date -u +%H:%M",
            "http://[::1]:80/x@y http://h:80/x@y",
            "pam_unix(sshd:auth): authentication failure; auth: no",
            "Failed password for .* from <HOST>",
            "token",
            "token=",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
