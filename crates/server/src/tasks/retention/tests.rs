use domain::{Clock as _, EventFilter, Role, Storage as _};
use serde_json::json;

use crate::testing::{Ears, Plan, TestApp, heard_ban};

#[tokio::test]
async fn events_older_than_the_setting_go_and_younger_ones_stay() {
    let ears = std::sync::Arc::new(Ears::new());
    let app = TestApp::build(Plan {
        ears: Some(std::sync::Arc::clone(&ears)),
        ..Plan::default()
    })
    .await;
    let now = app.clock.now();
    ears.tell((0..1_200).map(|at| heard_ban(now.plus_seconds(-40 * 86_400 - at), "192.0.2.1")));
    ears.tell((0..5).map(|at| heard_ban(now.plus_seconds(-86_400 - at), "192.0.2.2")));
    let history = app.storage.history();
    let count = async || {
        let filter = EventFilter::default();
        history.count_events(&filter, 10_000).await.unwrap().count
    };
    let until = async |wanted: u64| {
        let waiting = async {
            while count().await != wanted {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        let limit = std::time::Duration::from_mins(1);
        tokio::time::timeout(limit, waiting).await.unwrap();
    };
    until(1_205).await;
    let admin = app.as_role(Role::Admin).await;
    let mut settings = admin.get("/api/v1/settings").await.json();
    settings["retentionDays"] = json!(30);
    assert_eq!(admin.put("/api/v1/settings", settings).await.status, 200);
    app.forget_old_events().await;
    assert_eq!(count().await, 5);
}
