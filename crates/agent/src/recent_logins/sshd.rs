//! What sshd says when it lets a user in: `Accepted publickey for alice from 192.0.2.7 port 50022 ssh2: ED25519 SHA256:…`.
//!
//! The user's name stands there as the client sent it, and at the end may stand what a certificate says of itself: neither may pass for the address.
use std::net::IpAddr;

use domain::Timestamp;

use super::line_time::LineTimes;
use crate::guard::logins::address_in;

/// The programs of OpenSSH's server that say so; since 9.8 it is the second.
const PROGRAMS: [&str; 2] = ["sshd", "sshd-session"];

/// What sshd keeps of a user's name, in bytes; what cannot be shown is written as `\303` or `\n`.
const USER_BYTES: usize = 100;

/// When sshd wrote a line of syslog, and what; `None` for the lines of others.
pub(super) fn said<'line>(line: &'line str, times: &LineTimes) -> Option<(Timestamp, &'line str)> {
    let (at, rest) = times.split(line)?;
    let (_host, rest) = rest.split_once(' ')?;
    let (program, message) = without_level(rest).split_once(": ")?;
    is_sshd(program).then_some((at, message))
}

/// `BusyBox` writes facility and level before the program: `auth.info sshd[7]: …`.
fn without_level(rest: &str) -> &str {
    const LEVELS: [&str; 8] = [
        "emerg", "alert", "crit", "err", "warn", "notice", "info", "debug",
    ];
    let is_level = |word: &str| {
        let (_facility, level) = word.split_once('.')?;
        LEVELS.contains(&level).then_some(())
    };
    match rest.split_once(' ') {
        Some((word, behind)) if is_level(word).is_some() => behind,
        _ => rest,
    }
}

/// `sshd`, `sshd[7]`.
fn is_sshd(program: &str) -> bool {
    let (name, process) = program.split_once('[').unwrap_or((program, "0]"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    PROGRAMS.contains(&name) && process.strip_suffix(']').is_some_and(is_number)
}

/// From where the user was let in of whom a message tells.
pub(super) fn accepted_from(message: &str) -> Option<IpAddr> {
    let (method, rest) = message.strip_prefix("Accepted ")?.split_once(' ')?;
    let is_of_a_method =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/' | b'_' | b'.');
    if method.is_empty() || !method.bytes().all(is_of_a_method) {
        return None;
    }
    let rest = rest.strip_prefix("for ")?;
    // The last place that a name can be before: what looks like one earlier is part of the name, what does later is of a certificate.
    let ends = (0..=longest_user(rest)).rev();
    let mut addresses = ends.filter_map(|end| {
        let behind = rest.get(end..)?.strip_prefix(" from ")?;
        address_word(behind)
    });
    address_in(addresses.next()?)
}

/// How many bytes of a text can be a user's name at most.
fn longest_user(text: &str) -> usize {
    const OCTAL_DIGITS: usize = 3;
    let mut rest = text;
    for _ in 0..USER_BYTES {
        let mut chars = rest.chars();
        match chars.next() {
            None => break,
            Some('\\') => {
                let behind = chars.as_str();
                let is_octal = |digits: &str| digits.bytes().all(|b| (b'0'..=b'7').contains(&b));
                rest = match behind.split_at_checked(OCTAL_DIGITS) {
                    Some((digits, behind)) if is_octal(digits) => behind,
                    _ => {
                        chars.next();
                        chars.as_str()
                    }
                };
            }
            Some(_) => rest = chars.as_str(),
        }
    }
    text.len() - rest.len()
}

/// The address of `192.0.2.7 port 50022 ssh2`, with anything behind a colon.
fn address_word(text: &str) -> Option<&str> {
    let mut words = text.splitn(4, ' ');
    let (address, name, port, end) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let protocol = end.split_once(':').map_or(end, |(protocol, _)| protocol);
    let right = name == "port" && port.parse::<u16>().is_ok() && protocol.trim_end() == "ssh2";
    right.then_some(address)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn from(message: &str) -> Option<String> {
        accepted_from(message).map(|address| address.to_string())
    }

    #[test]
    fn address_is_read_of_each_method_and_form() {
        for (message, address) in [
            (
                "Accepted publickey for alice from 192.0.2.7 port 50022 ssh2: ED25519 SHA256:abc",
                "192.0.2.7",
            ),
            (
                "Accepted password for root from 192.0.2.7 port 1 ssh2",
                "192.0.2.7",
            ),
            (
                "Accepted keyboard-interactive/pam for alice from 2001:db8::7 port 65535 ssh2",
                "2001:db8::7",
            ),
            (
                "Accepted gssapi-with-mic for alice from ::ffff:192.0.2.7 port 1 ssh2: alice@EXAMPLE",
                "192.0.2.7",
            ),
            (
                "Accepted none for alice from fe80::7%eth0 port 1 ssh2",
                "fe80::7",
            ),
            (
                "Accepted password for a b from 192.0.2.7 port 1 ssh2\r",
                "192.0.2.7",
            ),
        ] {
            assert_eq!(from(message).as_deref(), Some(address), "{message}");
        }
    }

    #[test]
    fn user_whose_name_is_forged_invents_and_hides_no_address() {
        let forged = "x from 203.0.113.9 port 1 ssh2";
        for user in [
            forged.to_owned(),
            format!("{forged}: RSA SHA256:abc"),
            format!("{forged} from "),
            "x from".to_owned(),
            format!("{forged} from"),
            format!("{forged} from 203.0.113.9"),
            format!(" from  from {forged}"),
            // As long as a name can be, and longer for what is written instead.
            format!("{forged}{}", "y".repeat(USER_BYTES - forged.len())),
            format!("{forged}{}", "\\303".repeat(USER_BYTES - forged.len())),
            format!("{forged}{}", "\\n".repeat(USER_BYTES - forged.len())),
        ] {
            let message = format!("Accepted password for {user} from 192.0.2.7 port 50022 ssh2");
            assert_eq!(from(&message).as_deref(), Some("192.0.2.7"), "{user}");
            let nowhere = format!("Accepted password for {user} from UNKNOWN port 65535 ssh2");
            assert_eq!(from(&nowhere), None, "{user}");
        }
    }

    #[test]
    fn certificate_that_speaks_of_an_address_invents_and_hides_none() {
        let key = "ED25519-CERT SHA256:0123456789012345678901234567890123456789012";
        let message = format!(
            "Accepted publickey for alice from 192.0.2.7 port 50022 ssh2: {key} ID x from 203.0.113.9 port 1 ssh2 (serial 0) CA {key}"
        );
        assert_eq!(from(&message).as_deref(), Some("192.0.2.7"));
    }

    #[test]
    fn what_lets_nobody_in_is_none() {
        for message in [
            "",
            "Accepted",
            "Accepted password",
            "Accepted password for alice",
            "Accepted password for alice from 192.0.2.7",
            "Accepted password for alice from 192.0.2.7 port x ssh2",
            "Accepted password for alice from 192.0.2.7 port 70000 ssh2",
            "Accepted password for alice from 192.0.2.7 port 1 ssh",
            "Accepted  for alice from 192.0.2.7 port 1 ssh2",
            "Accepted key RSA SHA256:abc found at /home/alice from 192.0.2.7 port 1 ssh2",
            "Failed password for alice from 192.0.2.7 port 1 ssh2",
            "Invalid user Accepted password for a from 192.0.2.7 port 1 ssh2 from 192.0.2.8 port 2",
            "Postponed publickey for alice from 192.0.2.7 port 1 ssh2",
        ] {
            assert_eq!(from(message), None, "{message}");
        }
    }

    fn message(line: &str) -> Option<String> {
        let now = "2026-11-23T18:00:00Z".parse::<jiff::Timestamp>().unwrap();
        let times = LineTimes::of_the_machine(now.into());
        said(line, &times).map(|(_, message)| message.to_owned())
    }

    #[test]
    fn line_is_of_sshd_only_where_the_program_is() {
        for line in [
            "Nov 23 12:00:00 host sshd[7]: hello",
            "Nov 23 12:00:00 host sshd: hello",
            "Nov 23 12:00:00 host auth.info sshd[7]: hello",
            "2026-11-23T12:00:00.5+01:00 host sshd-session[7]: hello",
        ] {
            assert_eq!(message(line).as_deref(), Some("hello"), "{line}");
        }
        for line in [
            "Nov 23 12:00:00 host su: sshd[7]: hello",
            "Nov 23 12:00:00 host su[1]: x sshd[7]: hello",
            "Nov 23 12:00:00 host my.app sshd[7]: hello",
            "Nov 23 12:00:00 host x sshd[7]: hello",
            "Nov 23 12:00:00 host sshd[x]: hello",
            "Nov 23 12:00:00 host sshd[]: hello",
            "Nov 23 12:00:00 host xsshd[7]: hello",
            "Nov 23 12:00:00 sshd[7]: hello",
            "sshd[7]: hello",
        ] {
            assert_eq!(message(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_message_is_read_without_harm(text: String, user in "[ a-z0-9.:\\\\]{0,200}") {
            accepted_from(&text);
            message(&text);
            accepted_from(&format!("Accepted password for {user}"));
            prop_assert!(longest_user(&text) <= text.len());
        }

        #[test]
        fn any_name_of_a_user_leaves_the_address_alone(
            user in "([ a-z0-9.]|\\\\[0-7]{3}|\\\\n| from| from 203[.]0[.]113[.]9 port 1 ssh2){0,20}",
        ) {
            prop_assume!(longest_user(&user) == user.len());
            let message = format!("Accepted password for {user} from 192.0.2.7 port 50022 ssh2");
            prop_assert_eq!(from(&message), Some("192.0.2.7".to_owned()));
        }
    }
}
