//! Texts without secrets, to be shown to somebody who is to help.
//!
//! What looks like a secret goes, also in comments: whole values of options whose names say so, with their further lines, what [`Secrets`] recognises in
//! other values, and the names of mail boxes (their domains stay). What is not named like a secret cannot be known to be one.

use domain::{HIDDEN, Secrets, names_a_secret};

/// A text without secrets. Lines stay lines.
pub(super) fn text(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    // Whether the lines that go on belong to the value of a secret.
    let mut goes_on = false;
    for line in text.split_inclusive('\n') {
        let said = line.trim_end_matches(['\n', '\r']);
        let end = line.get(said.len()..).unwrap_or_default();
        let continued = said.starts_with([' ', '\t']) && !said.trim().is_empty();
        if continued && goes_on {
            masked.push_str("    ");
            masked.push_str(HIDDEN);
        } else {
            let (line, secret) = line_of(said);
            goes_on = secret;
            masked.push_str(&line);
        }
        masked.push_str(end);
    }
    masked
}

/// A line, and whether it is an option whose whole value is secret.
fn line_of(line: &str) -> (String, bool) {
    let start = line.trim_start_matches(['#', ';', ' ', '\t']);
    let name: String = start.chars().take_while(|c| is_name(*c)).collect();
    let rest = start.get(name.len()..).unwrap_or_default().trim_start();
    if rest.starts_with(['=', ':']) && names_a_secret(&name) {
        let before = line.len() - rest.len() + 1;
        let kept = line.get(..before).unwrap_or_default();
        let empty = rest.get(1..).unwrap_or_default().trim().is_empty();
        let value = if empty {
            String::new()
        } else {
            format!(" {HIDDEN}")
        };
        return (format!("{kept}{value}"), true);
    }
    (mails(&Secrets::default().hide(line)), false)
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// `name@domain` without the name.
fn mails(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('@') {
        let (before, from) = rest.split_at(at);
        let domain = from.get(1..).and_then(|domain| domain.chars().next());
        let name = before.len()
            - before
                .trim_end_matches(|c: char| is_name(c) || c == '+')
                .len();
        let (kept, name) = before.split_at(before.len() - name);
        out.push_str(kept);
        if name.is_empty() || !domain.is_some_and(char::is_alphanumeric) {
            out.push_str(name);
        } else {
            out.push_str(HIDDEN);
        }
        out.push('@');
        rest = from.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn secrets_go_and_the_rest_stays() {
        for (line, wanted) in [
            ("password = hunter2", "password = ••••••"),
            ("# mytoken=abc", "# mytoken= ••••••"),
            (
                "cfkey = 12\n    34\nport = ssh\n",
                "cfkey = ••••••\n    ••••••\nport = ssh\n",
            ),
            (
                "action = x[user=a, abuseipdb_apikey=\"k,1\", port=\"ssh\"]",
                "action = x[user=a, abuseipdb_apikey=••••••, port=\"ssh\"]",
            ),
            (
                "    curl --password s3 -u x",
                "    curl --password •••••• -u x",
            ),
            (
                "actionban = curl -H 'Authorization: Bearer abc' https://u:p@h.example/x",
                "actionban = curl -H 'Authorization: Bearer ••••••' https://••••••@h.example/x",
            ),
            (
                "destemail = root@example.org",
                "destemail = ••••••@example.org",
            ),
            ("logpath = /var/log/auth.log", "logpath = /var/log/auth.log"),
            (
                "failregex = ^Failed password for .* from <HOST>$",
                "failregex = ^Failed password for .* from <HOST>$",
            ),
            ("maxretry = 3\r\n", "maxretry = 3\r\n"),
            ("password =", "password ="),
            ("[sshd]", "[sshd]"),
            (
                "action = x[mypassword=ab cd, url=https://<token>@h.example]",
                "action = x[mypassword=••••••, url=https://<token>@h.example]",
            ),
            ("# Authorization: Basic abc", "# Authorization: ••••••"),
        ] {
            assert_eq!(text(line), wanted, "{line:?}");
        }
    }
}
