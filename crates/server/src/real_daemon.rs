//! The API before a real daemon: the lab's, of the version that `BANGUI_TEST_FAIL2BAN_ROOT` names. Nothing is enforced, nothing attacks by itself.
mod addresses;
mod bans;
mod blocking;
mod config;
mod cut_off;
mod daemon;
mod firewall;
mod hears;
mod jails;
mod jobs;
mod laboratory;
mod lists;
mod repair;

use std::time::Duration;

use domain::Role;
use lab::{Enforcement, ExtraJail, JailSet, Lab, LabConfig};
use serde_json::Value;

use crate::testing::{Answer, Plan, TestApp, TestClient};

const BANS: &str = "/api/v1/hosts/local/bans";
const UNBANS: &str = "/api/v1/hosts/local/unbans";
/// A name with nearly all that a path must not hold bare, and that fail2ban takes.
const ODD: &str = "odd jail/ü.v1?#+";
/// [`ODD`], as it stands in a path.
const ODD_SEGMENT: &str = "odd%20jail%2F%C3%BC.v1%3F%23%2B";
/// Longer than anything that works takes, also on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);
/// Between two looks at what is awaited.
const LOOK_PAUSE: Duration = Duration::from_millis(20);

/// A daemon, a server before it, and somebody with every permission.
struct Scene {
    lab: Lab,
    app: TestApp,
    admin: TestClient,
}

impl Scene {
    async fn start() -> Self {
        Self::planned(|_| {}).await
    }

    async fn planned(adapt: impl FnOnce(&mut Plan<'_>)) -> Self {
        Self::on(quiet_lab().await, adapt).await
    }

    /// Before a daemon that is there already.
    async fn on(lab: Lab, adapt: impl FnOnce(&mut Plan<'_>)) -> Self {
        let mut plan = Plan {
            lab: Some(&lab),
            ..Plan::default()
        };
        adapt(&mut plan);
        let app = TestApp::build(plan).await;
        let admin = app.as_role(Role::Admin).await;
        Self { lab, app, admin }
    }

    async fn end(self) {
        self.app.stop().await;
        self.lab.stop().await;
    }

    /// Whom the daemon itself says a jail bans, asked by its own client.
    async fn banned_says_client(&self, jail: &str) -> Vec<String> {
        let told = self
            .lab
            .client_output(&["get", jail, "banip", ","])
            .await
            .unwrap();
        let mut banned: Vec<String> = told
            .split(',')
            .map(|subject| subject.trim().to_owned())
            .filter(|subject| !subject.is_empty())
            .collect();
        banned.sort();
        banned
    }

    /// Waits until the client says so: a daemon that has just started answers before it has restored its bans.
    async fn until_client_says(&self, jail: &str, banned: &[&str]) {
        let asking = async {
            while self.banned_says_client(jail).await != banned {
                tokio::time::sleep(LOOK_PAUSE).await;
            }
        };
        let said = tokio::time::timeout(LIMIT, asking).await;
        assert!(said.is_ok(), "{jail} never came to ban {banned:?}");
    }

    /// Waits until the daemon has written down a ban, which it does a moment after it banned. What it has not written it cannot restore.
    async fn until_remembered(&self, address: &str) {
        let looking = async {
            let wanted = address.as_bytes();
            loop {
                let bytes = tokio::fs::read(self.lab.database()).await.unwrap();
                if bytes.windows(wanted.len()).any(|part| part == wanted) {
                    return;
                }
                tokio::time::sleep(LOOK_PAUSE).await;
            }
        };
        let seen = tokio::time::timeout(LIMIT, looking).await;
        assert!(seen.is_ok(), "{address} never came into the database");
    }

    /// The newest entries of an action: outcome, target and detail.
    async fn recorded(&self, action: &str) -> Vec<(String, String, Value)> {
        let answer = self
            .admin
            .get(&format!("/api/v1/audit?action={action}"))
            .await
            .json();
        answer["items"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"))
            .iter()
            .map(|entry| {
                let text = |key: &str| entry[key].as_str().unwrap().to_owned();
                (text("outcome"), text("target"), entry["detail"].clone())
            })
            .collect()
    }

    /// Asks until the answer is as wanted.
    async fn until(&self, uri: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        tokio::time::timeout(LIMIT, self.ask_until(uri, wanted))
            .await
            .unwrap_or_else(|_| panic!("{uri} did not come to say what was wanted"))
    }

    async fn ask_until(&self, uri: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let answer = self.admin.get(uri).await.json();
            if wanted(&answer) {
                return answer;
            }
            tokio::time::sleep(LOOK_PAUSE).await;
        }
    }
}

async fn quiet_lab() -> Lab {
    Lab::start(LabConfig {
        enforcement: Enforcement::None,
        jails: JailSet::Names(vec!["sshd".to_owned(), "postfix".to_owned()]),
        extra_jails: vec![ExtraJail::new(ODD)],
        ..LabConfig::for_tests().unwrap()
    })
    .await
    .unwrap()
}

/// The body of an answer that went well.
fn ok(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn many(count: usize) -> Vec<String> {
    (0..count)
        .map(|n| format!("198.18.{}.{}", n / 256, n % 256))
        .collect()
}
