//! What a test's server is made of.
use std::{
    collections::BTreeMap,
    net::IpAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use agent::{AgentConfig, FirewallConfig, LoginRecords};
use async_trait::async_trait;
use blocklists::{DownloadConfig, Downloader, Resolve, ResolveError};
use firewall::Place;
use lookup::{LookupConfig, OnlineLookups};
use tempfile::TempDir;

use super::{Namespace, SETUP_TOKEN, TestClock};
use crate::{ServerSettings, SessionDefaults, SetupToken};

/// Nothing here asks anybody beyond this machine.
pub(super) fn lookups(registry: Option<&str>) -> OnlineLookups {
    let nobody = "http://127.0.0.1:1/";
    OnlineLookups::new(LookupConfig {
        rdap: registry.unwrap_or(nobody).parse().unwrap(),
        name_server: Some(([127, 0, 0, 1], 1).into()),
    })
}

pub(super) fn firewall(namespace: &Namespace) -> FirewallConfig {
    firewall_at(namespace.file())
}

fn firewall_at(namespace: PathBuf) -> FirewallConfig {
    FirewallConfig::At {
        place: Place::namespace(namespace),
        table: "bangui".parse().unwrap(),
    }
}

/// Lists come from this machine only.
pub(super) fn downloads() -> Downloader {
    Downloader::new(DownloadConfig {
        internal_hosts: vec!["127.0.0.1".parse().unwrap()],
        resolver: Arc::new(Names::default()),
        ..DownloadConfig::default()
    })
}

/// Knows one name, and those that a test says.
#[derive(Default)]
pub(crate) struct Names(Mutex<BTreeMap<String, IpAddr>>);

impl Names {
    /// From now on a name has this address.
    pub(crate) fn say(&self, name: &str, address: IpAddr) {
        self.0.lock().unwrap().insert(name.to_owned(), address);
    }
}

#[async_trait]
impl Resolve for Names {
    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError> {
        if let Some(address) = self.0.lock().unwrap().get(host) {
            return Ok(vec![*address]);
        }
        match host {
            "office.example.org" => Ok(vec![[198, 51, 100, 9].into()]),
            _ => Err(ResolveError::NotFound),
        }
    }
}

pub(super) fn agent_socket(lab: Option<&lab::Lab>, folder: &TempDir) -> PathBuf {
    lab.map_or_else(
        || folder.path().join("fail2ban.sock"),
        |lab| lab.socket().to_owned(),
    )
}

pub(super) fn agent_config(
    lab: Option<&lab::Lab>,
    folder: &TempDir,
    clock: Arc<TestClock>,
) -> AgentConfig {
    let usual = AgentConfig {
        socket: agent_socket(lab, folder),
        config_dir: folder.path().join("etc"),
        client_program: folder.path().join("no-fail2ban-client"),
        regex_program: folder.path().join("no-fail2ban-regex"),
        state_dir: Some(folder.path().join("config")),
        logins: LoginRecords {
            wtmp: folder.path().join("wtmp"),
            ..LoginRecords::default()
        },
        clock,
        ..AgentConfig::default()
    };
    match lab {
        None => usual,
        Some(lab) => AgentConfig {
            config_dir: lab.config_dir().to_owned(),
            client_program: lab.client_program(),
            regex_program: lab.installation().regex_program(lab.folder()).unwrap(),
            log_folders: vec![lab.folder().join("logs")],
            start_command: Some(vec![
                lab.client_program().display().to_string(),
                "start".to_owned(),
            ]),
            poll_interval: std::time::Duration::from_millis(200),
            firewall: lab
                .namespace()
                .map_or_else(FirewallConfig::default, firewall_at),
            ..usual
        },
    }
}

pub(crate) fn settings(socket: &std::path::Path) -> ServerSettings {
    ServerSettings {
        base_path: "/".to_owned(),
        trusted_proxies: Vec::new(),
        public_origin: None,
        session_defaults: SessionDefaults {
            idle_seconds: 3600,
            absolute_seconds: 7 * 86_400,
        },
        setup_token: Some(SetupToken::new(SETUP_TOKEN.to_owned())),
        default_socket: socket.display().to_string(),
        version: "0.0.0-test",
    }
}
