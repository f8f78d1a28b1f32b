use domain::{Clock as _, Role};
use serde_json::{Value, json};

use crate::testing::{ListServer, TestApp, TestClient};

async fn task(visitor: &TestClient, name: &str) -> Value {
    let listed = visitor.get("/api/v1/tasks").await;
    assert_eq!(listed.status, 200, "{}", listed.body);
    let found = listed.json()["items"].as_array().unwrap().clone();
    let found = found.into_iter().find(|task| task["name"] == name);
    found.unwrap_or_else(|| panic!("no {name}: {}", listed.body))
}

/// Waits until a task has run for a person.
async fn ran(visitor: &TestClient, name: &str) -> Value {
    let waiting = async {
        loop {
            let task = task(visitor, name).await;
            if task["last"]["cause"] == "person" {
                return task;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let limit = std::time::Duration::from_mins(1);
    tokio::time::timeout(limit, waiting).await.unwrap()
}

#[tokio::test]
async fn tasks_that_could_not_do_their_work_are_failed_with_the_reason() {
    // Neither fail2ban nor a packet filter.
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let run = async |name: &str| {
        let uri = format!("/api/v1/tasks/{name}/run");
        let told = admin.post(&uri, json!({})).await;
        assert_eq!(told.status, 202, "{}", told.body);
        let task = ran(&admin, name).await;
        (
            task["last"]["outcome"].clone(),
            task["last"]["problem"].clone(),
        )
    };
    // There was nothing to do.
    for name in ["firewall-upkeep", "firewall-check", "blocklist-jails"] {
        assert_eq!(run(name).await.0, "done", "{name}");
    }
    let lists = ListServer::of("45.10.0.1\n").await;
    for (name, target) in [
        ("A", json!({ "kind": "firewall" })),
        ("B", json!({ "kind": "jail", "jail": "bangui-b" })),
    ] {
        let source = json!({
            "name": name, "url": lists.url(), "allowHttp": true, "everySeconds": 3600, "enabled": true, "target": target, "direction": "in",
        });
        let added = admin.post("/api/v1/blocklists", source).await;
        let uri = format!("/api/v1/blocklists/{}", added.json()["id"]);
        admin.get_until(&uri, |list| !list["copy"].is_null()).await;
    }
    let allow = json!({ "subject": "198.51.100.7" });
    assert_eq!(admin.post("/api/v1/allowlist", allow).await.status, 201);
    for (name, reason) in [
        ("firewall-upkeep", "without one"),
        ("blocklist-jails", "bangui-b: "),
        ("allowlist-upkeep", "without one"),
    ] {
        let failed = |task: &Value| task["last"]["outcome"] == "failed";
        let uri = format!("/api/v1/tasks/{name}/run");
        let _runs_already = admin.post(&uri, json!({})).await;
        let tasks = admin
            .get_until("/api/v1/tasks", |tasks| {
                let items = tasks["items"].as_array().unwrap();
                items
                    .iter()
                    .any(|task| task["name"] == name && failed(task))
            })
            .await;
        let items = tasks["items"].as_array().unwrap();
        let task = items.iter().find(|task| task["name"] == name).unwrap();
        let problem = task["last"]["problem"].as_str().unwrap();
        assert!(problem.contains(reason), "{name}: {problem}");
    }
}

#[tokio::test]
async fn tasks_are_listed_by_name_with_schedule_and_next_run() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    let listed = viewer.get("/api/v1/tasks").await.json();
    let names: Vec<&str> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| task["name"].as_str().unwrap())
        .collect();
    assert!(names.is_sorted());
    for name in [
        "geo-refresh",
        "history-retention",
        "protected-networks",
        "session-clean-up",
        "session-last-use",
    ] {
        assert!(names.contains(&name), "{names:?}");
    }
    let retention = task(&viewer, "history-retention").await;
    assert_eq!(
        retention["schedule"],
        json!({ "kind": "daily", "at": "03:30" })
    );
    assert_eq!(retention["limitSeconds"], 7200);
    let next: jiff::Timestamp = retention["nextAt"].as_str().unwrap().parse().unwrap();
    assert!(domain::Timestamp::from(next) > app.clock.now());
}

#[tokio::test]
async fn task_that_is_told_to_run_runs_and_is_written_down() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let run = admin
        .post("/api/v1/tasks/history-retention/run", json!({}))
        .await;
    assert_eq!(run.status, 202, "{}", run.body);
    let task = ran(&admin, "history-retention").await;
    assert_eq!(task["last"]["outcome"], "done");
    assert_eq!(task["last"]["count"], 0);
    assert_eq!(task["runningSince"], Value::Null);
    let by = &task["last"]["by"];
    let audit = admin.get("/api/v1/audit?action=task.ordered").await.json();
    assert_eq!(audit["items"][0]["target"], "history-retention", "{audit}");
    assert_eq!(audit["items"][0]["actor"]["name"], *by);
    assert_eq!(audit["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn task_that_there_is_not_is_not_found() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    for name in ["nothing", "No%20Name", "%2e%2e"] {
        let run = admin
            .post(&format!("/api/v1/tasks/{name}/run"), json!({}))
            .await;
        assert_eq!(
            (run.status.as_u16(), &*run.problem()),
            (404, "task-not-found"),
            "{name}"
        );
    }
    let audit = admin.get("/api/v1/audit?action=task.ordered").await.json();
    assert_eq!(audit["items"], json!([]));
}

#[tokio::test]
async fn task_is_told_to_run_by_nobody_but_administrators() {
    let app = TestApp::new().await;
    for role in [Role::Viewer, Role::Operator] {
        let other = app.as_role(role).await;
        let run = other
            .post("/api/v1/tasks/history-retention/run", json!({}))
            .await;
        assert_eq!(run.status, 403, "{}", run.body);
    }
}

#[tokio::test]
async fn order_that_somebody_else_just_gave_is_a_conflict_and_not_written_down() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let name = "history-retention".parse().unwrap();
    let reserved = app.task_orders().reserve(&name).unwrap();
    let run = admin
        .post("/api/v1/tasks/history-retention/run", json!({}))
        .await;
    assert_eq!(
        (run.status.as_u16(), &*run.problem()),
        (409, "task-running")
    );
    drop(reserved);
    let audit = admin.get("/api/v1/audit?action=task.ordered").await.json();
    assert_eq!(audit["items"], json!([]));
}
