//! Passwords: the rules for new ones, and Argon2id off the runtime.
use std::{fmt, sync::Arc};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::phc,
};
use domain::{PasswordHash, UserName};
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::problem::{Code, FieldError, Problem};

/// One of OWASP's recommendations for Argon2id, which are of equal strength: 19 MiB, two passes, one lane. With the 46 MiB and one pass of another a sign-in
/// took more memory than all the rest of the server. The binary sees to it that the C library gives such blocks back (`allocator.rs` there).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How many hashes are made at once: each takes a core and [`MEMORY_KIB`], which small machines have once.
const AT_ONCE: usize = 1;
/// How many may wait for one, for two seconds or so; more are told to come back.
const WAITING: usize = 64;
const RETRY_SECONDS: u64 = 2;

/// Fewest and most characters (Unicode scalar values) of a new password.
pub(crate) const MIN_CHARS: usize = 12;
/// See [`MIN_CHARS`].
pub(crate) const MAX_CHARS: usize = 256;

/// The hash of nobody's password, with the costs of every hash that is made: an account that does not exist takes as long to refuse. No password is known
/// that gives these 32 bytes.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCE$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password as it was typed. Never printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// Takes what was typed.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Says what is wrong with it as a new password, under the name of its field.
    #[must_use]
    pub fn objection(&self, field: &str, name: &UserName) -> Option<FieldError> {
        let chars = self.0.chars().count();
        let (code, message) = if chars < MIN_CHARS {
            ("too-short", format!("Use at least {MIN_CHARS} characters."))
        } else if chars > MAX_CHARS {
            ("too-long", format!("Use at most {MAX_CHARS} characters."))
        } else if self.0.eq_ignore_ascii_case(name.as_str()) {
            ("same-as-name", "Use another password than the name.".into())
        } else {
            return None;
        };
        Some(FieldError {
            field: field.to_owned(),
            code,
            message,
        })
    }

    /// Longer ones were never taken, so they are wrong; hashing megabytes for a stranger would be a gift.
    fn can_exist(&self) -> bool {
        self.0.len() <= MAX_CHARS * char::MAX_LEN_UTF8
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Makes and checks hashes on the blocking pool, a few at once.
pub struct Passwords {
    turns: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Passwords {
    /// Nobody waits yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            queue: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
        }
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// `busy` when too many wait.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, Problem> {
        self.run(move || hash_with(costs(), &password))
            .await?
            .map_err(|error| {
                tracing::error!(error = %error, "a password could not be hashed");
                Problem::new(Code::Internal)
            })
    }

    /// Whether the password is the one of the hash. Without a hash it takes as long, and is not.
    ///
    /// # Errors
    /// `busy` when too many wait.
    pub async fn verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, Problem> {
        let hash = hash.filter(|_| password.can_exist());
        let (password, known) = if password.can_exist() {
            (password, hash.is_some())
        } else {
            (Password(String::new()), false)
        };
        let right = self
            .run(move || {
                let phc = hash.as_ref().map_or(NOBODY, PasswordHash::expose);
                matches(&password, phc)
            })
            .await?;
        Ok(known && right)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let busy = || Problem::new(Code::Busy).retry_after(RETRY_SECONDS);
        let place = Arc::clone(&self.queue)
            .try_acquire_owned()
            .map_err(|_| busy())?;
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(|_| busy())?;
        // The permits go along: when the request is dropped, its hash is still being made.
        let task = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, place));
            done
        });
        task.await.map_err(|error| {
            tracing::error!(error = %error, "hashing a password failed");
            Problem::new(Code::Internal)
        })
    }
}

fn costs() -> Params {
    Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or_default()
}

/// Hashes with given costs.
pub(crate) fn hash_with(
    costs: Params,
    password: &Password,
) -> Result<PasswordHash, argon2::password_hash::Error> {
    let hash: phc::PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, costs)
        .hash_password(password.0.as_bytes())?;
    Ok(PasswordHash::new(hash.to_string()))
}

fn matches(password: &Password, phc: &str) -> bool {
    let hash = match phc::PasswordHash::new(phc) {
        Ok(hash) => hash,
        Err(error) => {
            tracing::error!(error = %error, "a stored password hash cannot be read");
            return false;
        }
    };
    Argon2::default()
        .verify_password(password.0.as_bytes(), &hash)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objection(text: &str) -> Option<&'static str> {
        let name = "long-user-name-of-mine".parse().unwrap();
        Password::new(text.to_owned())
            .objection("password", &name)
            .map(|error| error.code)
    }

    #[test]
    fn new_password_at_the_limits_is_counted_in_characters() {
        assert_eq!(objection(&"ü".repeat(11)), Some("too-short"));
        assert_eq!(objection(&"ü".repeat(12)), None);
        assert_eq!(objection(&"日".repeat(256)), None);
        assert_eq!(objection(&"日".repeat(257)), Some("too-long"));
    }

    #[test]
    fn new_password_that_is_the_name_is_refused() {
        assert_eq!(objection("Long-User-Name-Of-Mine"), Some("same-as-name"));
    }

    #[test]
    fn password_in_debug_output_is_not_shown() {
        let shown = format!("{:?}", Password::new("secret".to_owned()));
        assert!(!shown.contains("secret"));
    }

    #[test]
    fn hash_of_nobody_costs_what_every_hash_costs() {
        let real = hash_with(costs(), &Password::new("x".repeat(12))).unwrap();
        let costs_of = |text: &str| Params::try_from(&phc::PasswordHash::new(text).unwrap());
        assert_eq!(costs_of(real.expose()).unwrap(), costs_of(NOBODY).unwrap());
        assert!(real.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(!matches(&Password::new(String::new()), NOBODY));
    }

    #[tokio::test]
    async fn password_is_right_only_for_its_own_hash() {
        let passwords = Passwords::new();
        let typed = |text: &str| Password::new(text.to_owned());
        let hash = passwords
            .hash(typed("correct horse battery"))
            .await
            .unwrap();
        let again = passwords
            .hash(typed("correct horse battery"))
            .await
            .unwrap();
        assert_ne!(hash.expose(), again.expose(), "each hash has its own salt");
        let verify = async |text: &str, hash: Option<&PasswordHash>| {
            passwords.verify(typed(text), hash.cloned()).await.unwrap()
        };
        assert!(verify("correct horse battery", Some(&hash)).await);
        assert!(!verify("correct horse batterz", Some(&hash)).await);
        assert!(!verify("", Some(&hash)).await);
        assert!(!verify("", None).await);
        assert!(!verify(&"x".repeat(1 << 20), Some(&hash)).await);
    }

    #[tokio::test]
    async fn password_check_when_too_many_wait_answers_busy() {
        let passwords = Passwords::new();
        let held = Arc::clone(&passwords.queue)
            .try_acquire_many_owned(u32::try_from(AT_ONCE + WAITING).unwrap())
            .unwrap();
        let refused = passwords.verify(Password::new(String::new()), None).await;
        assert_eq!(refused.unwrap_err().code(), Code::Busy);
        drop(held);
        assert!(
            !passwords
                .verify(Password::new(String::new()), None)
                .await
                .unwrap()
        );
    }
}
