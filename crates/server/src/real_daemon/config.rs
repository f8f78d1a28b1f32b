//! The configuration: read, changed, kept, taken back.
mod changes;
mod commands;
mod reading;
mod refusals;
mod versions;

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Scene, ok};
use crate::testing::{Answer, TestClient};

const CONFIG: &str = "/api/v1/hosts/local/config";

fn set(jail: &str, option: &str, value: &str) -> Value {
    json!({ "change": "set", "item": { "kind": "jail", "name": jail }, "option": option, "value": value })
}

async fn plan(client: &TestClient, changes: &[Value]) -> Value {
    let body = json!({ "changes": changes });
    ok(&client.post(&format!("{CONFIG}/plan"), body).await)
}

/// Applies what was planned.
async fn apply(client: &TestClient, changes: &[Value], plan: &Value, confirm: bool) -> Answer {
    let body = json!({
        "changes": changes,
        "hash": plan["hash"],
        "base": plan["base"],
        "note": "because of the test",
        "confirm": confirm,
    });
    client.post(&format!("{CONFIG}/apply"), body).await
}

impl Scene {
    /// Plans and applies what must be in force afterwards.
    async fn change(&self, changes: &[Value], confirm: bool) -> Value {
        let plan = plan(&self.admin, changes).await;
        assert_eq!(plan["applicable"], true, "{plan}");
        let report = ok(&apply(&self.admin, changes, &plan, confirm).await);
        assert_eq!(report["inForce"], true, "{report}");
        report
    }

    async fn post(&self, verb: &str, body: Value) -> Answer {
        self.admin.post(&format!("{CONFIG}/{verb}"), body).await
    }

    pub(super) async fn maxretry(&self, jail: &str) -> String {
        let told = self.lab.client_output(&["get", jail, "maxretry"]).await;
        told.unwrap()
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.lab.config_dir().join(file)
    }
}
