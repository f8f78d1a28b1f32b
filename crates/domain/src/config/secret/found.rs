//! Where secrets stand in a text: behind names that say so (`cftoken="…"`, `X-Auth-Key: …`, `--password …`), and as users with passwords
//! (`https://user:password@host`, `curl -u user:password`).
//!
//! A text can be read in several ways: what a quote encloses, and whether a value goes on in the next line, depends on the program that reads it. What is
//! a secret in any of them counts: to hide too much costs a question, to hide too little a password.
use std::ops::Range;

use super::{
    joined::Joined,
    names_a_secret,
    value::{Around, Lines, length, quote_after},
};

/// Options of programs that take `user:password`.
const USER_FLAGS: [&str; 3] = ["--user", "--proxy-user", "-user"];

/// The same as a letter, which may stand among others (`-su`) and before its value without a blank.
const USER_LETTERS: [char; 2] = ['u', 'U'];

/// What stands between `Authorization:` and the secret.
const SCHEMES: [&str; 4] = ["bearer ", "basic ", "token ", "digest "];

const BLANKS: [char; 2] = [' ', '\t'];

const QUOTES: [char; 2] = ['"', '\''];

/// The places of all secrets, in order. A reference such as `<cftoken>` or `%(cfapikey)s` is none.
pub(super) fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = in_lines(text);
    if let Some(joined) = Joined::new(text) {
        let ranges = in_lines(&joined.text).into_iter();
        found.extend(ranges.map(|range| joined.original(&range)));
    }
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

fn in_lines(text: &str) -> Vec<Range<usize>> {
    let mut found = named(text, Lines::Apart);
    if text.contains('\n') {
        found.extend(named(text, Lines::Together));
    }
    found.extend(users_of_addresses(text));
    found.extend(users_of_flags(text));
    found
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
fn named(text: &str, lines: Lines) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut around = Around::new(lines);
    let mut at = 0;
    while let Some(gap) = text.get(at..).and_then(|rest| rest.find(is_name)) {
        let start = at + gap;
        around.pass(text.get(at..start).unwrap_or_default());
        let rest = text.get(start..).unwrap_or_default();
        let end = start + rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        at = end;
        let name = text.get(start..end).unwrap_or_default();
        // Asked first: where a value ends can take long to find.
        if !names_a_secret(name) {
            continue;
        }
        let Some(value) = value(text, name, end, around) else {
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

/// The value of a name that ends at `end`; `None` where it has none, or one that is a reference.
fn value(text: &str, name: &str, end: usize, around: Around) -> Option<Range<usize>> {
    let after = without_condition(text.get(end..)?);
    // `{"token": "…"}`: the name has quotes of its own.
    let closed = after
        .strip_prefix("\\\"")
        .or_else(|| after.strip_prefix(QUOTES));
    let around = match closed {
        Some(_) => around.without_quote(),
        None => around,
    };
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
    let said = value.get(..length(value, is_flag, around))?.trim_end();
    let start = text.len() - value.len();
    // A backslash alone says that the value is in the next line.
    let is_empty = said.trim_matches('\\').is_empty();
    (!is_empty && !is_reference(said)).then(|| start..start + said.len())
}

/// A text without the `?family=inet6` that it begins with.
fn without_condition(text: &str) -> &str {
    let condition = text.strip_prefix('?').and_then(|rest| {
        let (name, rest) = rest.split_once('=')?;
        let value = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        name.chars().all(is_name).then(|| rest.get(value..))?
    });
    condition.unwrap_or(text)
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

/// `https://user:password@host`.
fn users_of_addresses(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, sign) in text.match_indices("://") {
        let start = at + sign.len();
        let whole = until(text.get(start..).unwrap_or_default(), char::is_whitespace);
        let bare = until(whole, |c| QUOTES.contains(&c));
        let authority = until(bare, |c| matches!(c, '/' | '?' | '#'));
        // A password may hold any sign, a port does not.
        let has_password = authority.split_once(':').is_some_and(|(_, port)| {
            !authority.starts_with('[') && !port.chars().all(|c| c.is_ascii_digit())
        });
        let user = authority.rsplit_once('@');
        let user = user.or_else(|| whole.split_once('@').filter(|_| has_password));
        let Some((user, _)) = user.filter(|(user, _)| !user.is_empty() && !is_reference(user))
        else {
            continue;
        };
        let last = whole.rfind('@').filter(|_| has_password);
        found.push(start..start + last.unwrap_or(user.len()));
    }
    found
}

/// `curl -u user:password`.
fn users_of_flags(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open = None;
    let mut passed = 0;
    for (at, _) in text.match_indices('-') {
        open = quote_after(open, text.get(passed..at).unwrap_or_default(), Lines::Apart);
        passed = at;
        let before = text.get(..at).unwrap_or_default().chars().next_back();
        if before.is_some_and(|c| !c.is_whitespace() && !QUOTES.contains(&c)) {
            continue;
        }
        let Some(value) = user_behind(text.get(at..).unwrap_or_default()) else {
            continue;
        };
        let around = Around::quoted_by(open.filter(|_| before.is_some_and(char::is_whitespace)));
        let said = value.get(..length(value, true, around)).unwrap_or_default();
        // `date -u +%H:%M` prints the time.
        if said.contains(':')
            && !said.trim_start_matches(QUOTES).starts_with('+')
            && !is_reference(said)
        {
            let start = text.len() - value.len();
            found.push(start..start + said.len());
        }
    }
    found
}

/// The text from the value on that an option at its beginning takes as a user.
fn user_behind(text: &str) -> Option<&str> {
    let spoken = USER_FLAGS.iter().find_map(|flag| text.strip_prefix(flag));
    if let Some(after) = spoken {
        let value = value_behind(after);
        // Else it is a letter and a user whose name begins like that: `-userver:…`.
        if value.len() < after.len() {
            return Some(value);
        }
    }
    let letters = text.strip_prefix('-')?;
    let end = letters.find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
    let letters = letters.get(..end.unwrap_or(letters.len()))?;
    let at = letters.find(USER_LETTERS)?;
    // Behind the hyphen and the letter.
    text.get(at + 2..).map(value_behind)
}

/// What stands behind an option: `-u x`, `-u=x`, `"-u" x`, and `-ux`.
fn value_behind(after: &str) -> &str {
    let begins_word = |rest: &str| rest.starts_with([' ', '\t', '=']);
    let closed = after.strip_prefix(QUOTES).filter(|rest| begins_word(rest));
    closed.unwrap_or(after).trim_start_matches([' ', '\t', '='])
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
            ("\"pass=x=token=\"abc\"\"", "x=token=\"abc\"\""),
            ("curl -H 'X-Auth-Key: a'\"'\"'b' -v", "a'\"'\"'b'"),
            ("curl -H X-Auth-Key:a,b", "a,b"),
            ("webhook=https://h/abc", "https://h/abc"),
            ("curl -uroot:abc https://h", "root:abc"),
            ("curl -sSu root:abc https://h", "root:abc"),
            ("curl -userver:abc https://h", "server:abc"),
            ("curl -su'root:a b' https://h", "'root:a b'"),
            ("\"-u\" \"root:abc\"", "\"root:abc\""),
            ("sh -c 'curl -uroot:abc'", "root:abc"),
            ("get 'https://root:a\"b@h/x'", "root:a\"b"),
            ("x[token=\"a\\\"b\", port=1]", "\"a\\\"b\""),
            ("x[token='a\\'b', port=1]", "'a\\'b'"),
            ("x[token?family=inet6=abc, port=1]", "abc"),
            (
                "curl -d \"{\\\"key\\\":\\\"a\\\\\\\"b\\\"}\"",
                "\\\"a\\\\\\\"b\\\"",
            ),
            ("curl -H \"X-Auth-Key: a\\\"b\" -v", "a\\\"b"),
            ("curl -H 'X-Auth-Key: a,b' -v", "a,b"),
            ("curl --password \"a b\"c'd e' -v", "\"a b\"c'd e'"),
            ("curl --password a\\ b -v", "a\\ b"),
            ("x[token=\"a\nb\", port=1]", "\"a\nb\""),
            ("x[token=a\nb, port=1]", "a\nb"),
            ("curl -H 'X-Auth-Key: a\nb' -v", "a\nb"),
            ("curl --password \\\n  abc -v", "abc"),
            ("curl -u \\\r\n  root:abc -v", "root:abc"),
            ("# curl --password a\\\n#  b -v", "a\\\n#  b"),
            ("curl https://root:a\\\nb@h", "root:a\\\nb"),
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
