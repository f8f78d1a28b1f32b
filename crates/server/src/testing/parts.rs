//! What a test's server is made of.
use std::{path::PathBuf, sync::Arc};

use agent::AgentConfig;
use lookup::{LookupConfig, OnlineLookups};
use tempfile::TempDir;

use super::{SETUP_TOKEN, TestClock};
use crate::{ServerSettings, SessionDefaults, SetupToken};

/// Nothing here asks anybody beyond this machine.
pub(super) fn lookups(registry: Option<&str>) -> OnlineLookups {
    let nobody = "http://127.0.0.1:1/";
    OnlineLookups::new(LookupConfig {
        rdap: registry.unwrap_or(nobody).parse().unwrap(),
        name_server: Some(([127, 0, 0, 1], 1).into()),
    })
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
