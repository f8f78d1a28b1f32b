//! Values that not everybody may see: passwords, tokens and keys of actions.
mod found;
mod joined;
mod value;

/// What is shown in the place of a secret.
pub const HIDDEN: &str = "••••••";

/// Shorter values are too likely to be part of other words; what holds them is hidden by its name alone.
const LEAST_CHARS: usize = 4;

/// Whether the name of an option or a parameter says that its value is a secret: `password`, `abuseipdb_apikey`, `cftoken`, `mnwpass`, `ns_auth`,
/// `Authorization`.
#[must_use]
pub fn names_a_secret(name: &str) -> bool {
    const PARTS: [&str; 10] = [
        "pass",
        "pwd",
        "token",
        "secret",
        "apikey",
        "credential",
        "private",
        "authorization",
        "bearer",
        "webhook",
    ];
    let name: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let ends = ["key", "auth"].iter().any(|end| name.ends_with(end));
    ends || PARTS.iter().any(|part| name.contains(part))
}

/// Secrets that were met, to be taken out of other text.
#[derive(Clone, Default)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// Remembers the value of an option where its name says that it is a secret, and the secrets among the parameters in it
    /// (`cloudflare[cftoken="…"]`).
    pub fn learn(&mut self, name: &str, value: &str) {
        if names_a_secret(name) {
            self.remember(value);
            return;
        }
        for range in found::secrets(value) {
            self.remember(value.get(range).unwrap_or_default());
        }
    }

    fn remember(&mut self, value: &str) {
        let value = value.trim().trim_matches(['"', '\'', '\\']);
        if value.chars().count() < LEAST_CHARS
            || found::is_reference(value)
            || self.0.iter().any(|known| known == value)
        {
            return;
        }
        self.0.push(value.to_owned());
        // A secret that holds another one goes first, so that nothing of it is left.
        self.0.sort_by_key(|known| std::cmp::Reverse(known.len()));
    }

    /// A text without the secrets that are known and without what in it is recognised as one.
    #[must_use]
    pub fn hide(&self, text: &str) -> String {
        let mut hidden = String::with_capacity(text.len());
        let mut shown_to = 0;
        for range in found::secrets(text) {
            hidden.push_str(text.get(shown_to..range.start).unwrap_or_default());
            hidden.push_str(&in_place_of(text.get(range.clone()).unwrap_or_default()));
            shown_to = range.end;
        }
        hidden.push_str(text.get(shown_to..).unwrap_or_default());
        self.0.iter().fold(hidden, |text, secret| {
            if text.contains(secret.as_str()) {
                text.replace(secret.as_str(), HIDDEN)
            } else {
                text
            }
        })
    }
}

/// What is shown in the place of a text. Lines stay lines, with their indentation.
fn in_place_of(secret: &str) -> String {
    let mut shown = String::from(HIDDEN);
    for line in secret.split('\n').skip(1) {
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        shown.push('\n');
        shown.push_str(line.get(..blanks).unwrap_or_default());
        if blanks < line.len() {
            shown.push_str(HIDDEN);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_by_their_parts() {
        for name in [
            "password",
            "abuseipdb_apikey",
            "cftoken",
            "cfapikey",
            "mnwpass",
            "ns_auth",
            "api_key",
            "SECRET",
            "key",
            "db_pwd",
            "X-Auth-Key",
            "--password",
            "Authorization",
            "slack_webhook",
        ] {
            assert!(names_a_secret(name), "{name}");
        }
        for name in [
            "maxretry",
            "keyfile",
            "action",
            "failregex",
            "cfuser",
            "mode",
        ] {
            assert!(!names_a_secret(name), "{name}");
        }
    }

    #[test]
    fn secret_parameter_of_an_action_is_hidden_and_the_rest_stays() {
        let action = "iptables[port=ssh]\n cloudflare[cfuser=\"me\", cftoken=\"s3cr,et]\", x=1]";
        assert_eq!(
            Secrets::default().hide(action),
            "iptables[port=ssh]\n cloudflare[cfuser=\"me\", cftoken=••••••, x=1]"
        );
        assert_eq!(
            Secrets::default().hide("token = abc\nmaxretry = 5"),
            "token = ••••••\nmaxretry = 5"
        );
    }

    #[test]
    fn secret_that_was_learned_is_hidden_wherever_it_stands() {
        let mut secrets = Secrets::default();
        secrets.learn("action", "cloudflare[cftoken=\"abcdef\"]");
        secrets.learn("password", "abcdefghi");
        assert_eq!(
            secrets.hide("curl -H 'X: abcdef' abcdefghi -u '<ip>'"),
            "curl -H 'X: ••••••' •••••• -u '<ip>'"
        );
        secrets.learn("apikey", "<cftoken>");
        assert_eq!(secrets.hide("key <cftoken>"), "key <cftoken>");
    }

    #[test]
    fn secret_in_any_text_around_it_is_never_left() {
        let around = [
            "", "é", "=", "==", "a=", "\"", "'", "[", "]", "\n", "ü=\"", "pass=",
        ];
        for before in around {
            for after in around {
                let text = format!("{before}cftoken=\"T0pS3cret\"{after}");
                assert!(
                    !Secrets::default().hide(&text).contains("T0pS3cret"),
                    "{text}"
                );
                let mut secrets = Secrets::default();
                secrets.learn("apikey", "T0pS3cret");
                let text = format!("{before}T0pS3cret{after}");
                assert!(!secrets.hide(&text).contains("T0pS3cret"), "{text}");
            }
        }
    }
}
