//! What BanGUI keeps in its own database: asked and changed beside a server that may run. The folder's lock is the server's and is not needed.
use domain::{
    Actor, AllowEntry, AllowSubject, AuditAction, BanSubject, BlockingReads, Clock as _, HostId,
    NewAllowEntry, NewAuditEntry, Outcome, OwnBan, Storage as _, StorageError, SystemClock,
    Timestamp, UserName,
};
use ipnet::IpNet;
use serde_json::json;
use storage::{OpenError, OpenOptions, Sqlite};

use super::report::UnbannedBody;
use crate::{data_folder, settings::Settings};

/// As whom it is kept: there is no account on the command line.
const AUTHOR: &str = "rescue";
/// The most characters of a person's name that are kept.
const MAX_PERSON_CHARS: usize = 64;
/// The most bans that are named in the audit log.
const MAX_NAMED: usize = 100;

/// BanGUI's own data.
pub(super) struct Kept {
    storage: Sqlite,
    author: UserName,
    /// Who sits at the machine, as far as its environment tells.
    person: String,
}

impl Kept {
    /// Opens the database as it is; a problem is told in plain words.
    pub(super) async fn open(settings: &Settings) -> Result<Self, String> {
        let options = OpenOptions::beside(data_folder::database_in(&settings.data_dir));
        let opened = tokio::task::spawn_blocking(move || Sqlite::open(options)).await;
        let storage = opened
            .map_err(|error| error.to_string())?
            .map_err(|error| match error {
                OpenError::Missing { .. } => {
                    format!("{error}: name the folder of BanGUI's data in BANGUI_DATA_DIR")
                }
                other => other.to_string(),
            })?;
        Ok(Self {
            storage,
            author: AUTHOR.parse().map_err(|error| format!("{error}"))?,
            person: person(),
        })
    }

    pub(super) async fn close(self) {
        self.storage.close().await;
    }

    /// The daemon's socket that was chosen at setup.
    pub(super) async fn socket(&self) -> Option<std::path::PathBuf> {
        let settings = self.storage.reads().settings().await.ok()??;
        settings.fail2ban_socket.map(Into::into)
    }

    /// Bans made by hand that are to be in force and have an address in common with a network.
    pub(super) async fn bans(&self, network: IpNet) -> Result<Vec<OwnBan>, String> {
        let blocking = self.blocking();
        let bans = blocking.own_bans_in_force(now(), Some(network));
        let mut bans = bans.await.map_err(words)?;
        let here = HostId::local();
        bans.retain(|ban| ban.ban.host == here);
        Ok(bans)
    }

    /// The names of the sources whose copy in force has an address.
    pub(super) async fn lists_with(&self, address: IpNet) -> Result<Vec<String>, String> {
        let blocking = self.blocking();
        let mut names = Vec::new();
        for list in blocking.blocklists().await.map_err(words)? {
            if !list.settings.enabled || list.copy.is_none() {
                continue;
            }
            let networks = blocking.list_networks(list.id).await.map_err(words)?;
            if networks.iter().any(|network| network.contains(&address)) {
                names.push(list.settings.name.as_str().to_owned());
            }
        }
        Ok(names)
    }

    /// Ends the bans made by hand; answers how many.
    pub(super) async fn end_bans(&self, network: IpNet) -> Result<usize, String> {
        let bans = self.bans(network).await?;
        if bans.is_empty() {
            return Ok(0);
        }
        let ids: Vec<_> = bans.iter().map(|ban| ban.id).collect();
        let named = bans.iter().map(|ban| text(ban.ban.network));
        let named: Vec<String> = named.take(MAX_NAMED).collect();
        let entry = NewAuditEntry {
            detail: json!({ "targets": named, "through": AUTHOR, "person": self.person }),
            ..self.entry(AuditAction::OwnBansEnded, network)
        };
        let writes = self.storage.blocking_writes();
        let ended = writes
            .end_own_bans(&HostId::local(), &ids, (now(), &self.author), &entry)
            .await
            .map_err(words)?;
        Ok(ended.len())
    }

    /// Puts a network on the allowlist for good, where no entry that holds says the same.
    pub(super) async fn remember_allowed(&self, network: IpNet) -> Result<(), String> {
        let note = format!("By {} on the machine itself: bangui rescue", self.person);
        let new = NewAllowEntry {
            subject: AllowSubject::Network(network),
            note: note.parse().unwrap_or_default(),
            owner: self.author.clone(),
            created_at: now(),
            expires_at: None,
            host: None,
        };
        let entry = self.entry(AuditAction::AllowlistAdded, network);
        let writes = self.storage.blocking_writes();
        // `None` says that it was there before.
        writes.allow(&new, &entry).await.map_err(words)?;
        Ok(())
    }

    /// Entries of the allowlist that hold and let all of a network through.
    pub(super) async fn allowed(&self, network: IpNet) -> Result<Vec<AllowEntry>, String> {
        let now = now();
        let lets_through = |entry: &AllowEntry| match entry.entry.subject {
            AllowSubject::Network(other) => entry.holds(now) && other.contains(&network),
            AllowSubject::Name(_) => false,
        };
        let mut entries = self.blocking().allowlist().await.map_err(words)?;
        entries.retain(lets_through);
        Ok(entries)
    }

    /// Writes down which bans of fail2ban were ended.
    pub(super) async fn record_unban(
        &self,
        network: IpNet,
        unbanned: &[UnbannedBody],
    ) -> Result<(), String> {
        if unbanned.is_empty() {
            return Ok(());
        }
        let named: Vec<&UnbannedBody> = unbanned.iter().take(MAX_NAMED).collect();
        let entry = NewAuditEntry {
            detail: json!({ "bans": named, "through": AUTHOR, "person": self.person }),
            ..self.entry(AuditAction::BansRemoved, network)
        };
        let writes = self.storage.writes();
        writes.record(&[entry]).await.map_err(words)
    }

    fn blocking(&self) -> std::sync::Arc<dyn BlockingReads> {
        self.storage.blocking()
    }

    fn entry(&self, action: AuditAction, network: IpNet) -> NewAuditEntry {
        NewAuditEntry {
            at: now(),
            actor: Actor::System,
            address: None,
            action,
            host: Some(HostId::local()),
            target: text(network),
            outcome: Outcome::Success,
            detail: json!({ "through": AUTHOR, "person": self.person }),
        }
    }
}

fn now() -> Timestamp {
    SystemClock.now()
}

/// For how many seconds a ban is still to be in force; `None` is for ever.
pub(super) fn remaining_seconds(ban: &OwnBan) -> Option<u64> {
    let until = ban.ban.until?;
    u64::try_from(until.millis_since(now()) / 1000).ok()
}

/// As fail2ban writes it: a single address has no prefix length.
pub(super) fn text(network: IpNet) -> String {
    BanSubject::Network(network).to_string()
}

/// Who became root, or is who runs this. Text of the environment, which is written down and nothing else.
fn person() -> String {
    let name = ["SUDO_USER", "USER", "LOGNAME"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| format!("user {}", rustix::process::getuid().as_raw()));
    name.chars()
        .filter(|c| !c.is_control())
        .take(MAX_PERSON_CHARS)
        .collect()
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "errors are handed over to be told"
)]
fn words(error: StorageError) -> String {
    format!("BanGUI's own data: {error}")
}
