use domain::{AuditAction, AuditQuery, Outcome, Storage as _};
use serde_json::{Value, json};

use super::{BANS, Scene, UNBANS, many, ok};
use crate::testing::Answer;

fn job_uri(answer: &Answer) -> String {
    assert_eq!(answer.status, 202, "{}", answer.body);
    let uri = answer.header("location").unwrap().to_owned();
    assert_eq!(
        uri,
        format!("/api/v1/jobs/{}", answer.json()["id"].as_str().unwrap())
    );
    uri
}

async fn ban(scene: &Scene, targets: Vec<String>) -> Answer {
    let order = json!({ "jail": "sshd", "targets": targets });
    scene.admin.post(BANS, order).await
}

async fn ended(scene: &Scene, uri: &str) -> Value {
    scene
        .until(uri, |job| job["finishedAt"] != json!(null))
        .await
}

#[tokio::test]
async fn long_ban_goes_on_as_a_job_and_is_recorded_once() {
    let scene = Scene::start().await;
    let mut targets = many(129);
    targets.push("127.0.0.1".to_owned());
    let uri = job_uri(&ban(&scene, targets).await);
    let job = ended(&scene, &uri).await;
    assert_eq!(job["state"], "done");
    assert_eq!(job["kind"], "ban");
    assert_eq!((&job["total"], &job["done"]), (&json!(130), &json!(130)));
    assert_eq!(
        job["counts"],
        json!({ "banned": 129, "alreadyBanned": 0, "refused": 1, "notListed": 0 })
    );
    assert_eq!(job["refused"][0]["target"], "127.0.0.1");
    assert_eq!(job["refused"][0]["hits"][0]["reason"], "loopback");
    assert_eq!(scene.banned_says_client("sshd").await.len(), 129);

    let entry = recorded_job(&scene, "bans.created").await;
    assert_eq!((&*entry.0, &*entry.1), ("partial", "130 addresses"));
    assert_eq!(entry.2["targets"].as_array().unwrap().len(), 100);
    assert_eq!(entry.2["moreTargets"], 30);
    assert_eq!(entry.2["job"], job["id"]);
    assert_eq!(entry.2["counts"]["banned"], 129);

    let wishes: Vec<Value> = many(129)
        .into_iter()
        .map(|subject| json!({ "subject": subject, "jail": "sshd" }))
        .collect();
    let answer = scene.admin.post(UNBANS, json!({ "targets": wishes })).await;
    let job = ended(&scene, &job_uri(&answer)).await;
    assert_eq!(
        (&job["kind"], &job["state"]),
        (&json!("unban"), &json!("done"))
    );
    assert_eq!(
        (&job["unbanned"], &job["counts"]),
        (&json!(129), &json!(null))
    );
    assert!(scene.banned_says_client("sshd").await.is_empty());
    let entry = recorded_job(&scene, "bans.removed").await;
    assert_eq!((&*entry.0, &entry.2["unbanned"]), ("success", &json!(129)));
    scene.end().await;
}

/// The entry of a job is written a moment after the job shows its end.
async fn recorded_job(scene: &Scene, action: &str) -> (String, String, Value) {
    let uri = format!("/api/v1/audit?action={action}");
    scene
        .until(&uri, |page| {
            page["items"]
                .as_array()
                .is_some_and(|items| !items.is_empty())
        })
        .await;
    let mut entries = scene.recorded(action).await;
    assert_eq!(entries.len(), 1);
    entries.remove(0)
}

#[tokio::test]
async fn long_ban_of_protected_addresses_only_is_refused_at_once() {
    let scene = Scene::start().await;
    let targets = (1..=30).map(|n| format!("127.0.0.{n}")).collect();
    let answer = ban(&scene, targets).await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.problem()),
        (409, "lock-out-guard")
    );
    assert_eq!(answer.json()["hits"].as_array().unwrap().len(), 30);
    let entries = scene.recorded("bans.created").await;
    assert_eq!(entries[0].0, "refused");
    scene.end().await;
}

#[tokio::test]
async fn cancelled_job_ends_after_its_step_and_the_next_one_begins() {
    let scene = Scene::start().await;
    let first = job_uri(&ban(&scene, many(10_000)).await);
    let second = job_uri(
        &ban(
            &scene,
            vec!["203.0.113.8".to_owned(); 1]
                .into_iter()
                .chain(many(20))
                .collect(),
        )
        .await,
    );
    scene.until(&first, |job| job["done"] != 0).await;
    let waiting = ok(&scene.admin.get(&second).await);
    assert_eq!(
        (&waiting["state"], &waiting["done"]),
        (&json!("running"), &json!(0))
    );
    assert_eq!(scene.admin.delete(&first).await.status, 204);
    let job = ended(&scene, &first).await;
    assert_eq!(job["state"], "cancelled");
    let done = job["done"].as_u64().unwrap();
    assert!((1..10_000).contains(&done), "{done}");
    assert_eq!(job["counts"]["banned"], job["done"]);
    assert_eq!(ended(&scene, &second).await["state"], "done");
    let listed = scene.banned_says_client("sshd").await.len();
    // The second one's 20 are among the first one's.
    assert_eq!(listed as u64, done + 1);
    scene
        .until("/api/v1/audit?action=bans.created", |page| {
            page["items"].as_array().unwrap().len() == 2
        })
        .await;
    let entries = scene.recorded("bans.created").await;
    let cancelled = entries
        .iter()
        .find(|(.., detail)| detail["state"] == "cancelled")
        .unwrap();
    assert_eq!(cancelled.0, "partial");
    assert_eq!(cancelled.2["done"], done);
    // What has ended stays as it ended.
    assert_eq!(scene.admin.delete(&second).await.status, 204);
    assert_eq!(ok(&scene.admin.get(&second).await)["state"], "done");
    scene.end().await;
}

#[tokio::test]
async fn one_job_too_many_is_told_to_wait() {
    let scene = Scene::start().await;
    let mut uris = Vec::new();
    for _ in 0..4 {
        uris.push(job_uri(&ban(&scene, many(10_000)).await));
    }
    let answer = ban(&scene, many(21)).await;
    assert_eq!((answer.status.as_u16(), &*answer.problem()), (503, "busy"));
    assert!(answer.header("retry-after").is_some());
    for uri in uris.iter().rev() {
        assert_eq!(scene.admin.delete(uri).await.status, 204);
    }
    for uri in &uris {
        assert_eq!(ended(&scene, uri).await["state"], "cancelled");
    }
    scene.end().await;
}

#[tokio::test]
async fn job_whose_daemon_dies_fails_with_the_reason() {
    let mut scene = Scene::start().await;
    let uri = job_uri(&ban(&scene, many(10_000)).await);
    scene.until(&uri, |job| job["done"] != 0).await;
    scene.lab.kill_daemon().await;
    let job = ended(&scene, &uri).await;
    assert_eq!(job["state"], "failed");
    // In the middle of an answer, or before the next question: it depends on the moment.
    let kind = job["error"]["type"].as_str().unwrap();
    let kinds = ["/problems/daemon-unavailable", "/problems/daemon-timeout"];
    assert!(kinds.contains(&kind), "{job}");
    assert_ne!(job["error"]["remedy"], json!(null));
    let entry = recorded_job(&scene, "bans.created").await;
    assert_eq!(
        (&*entry.0, &entry.2["state"]),
        ("partial", &json!("failed"))
    );
    scene.end().await;
}

#[tokio::test]
async fn job_at_the_end_of_the_server_is_cancelled_and_recorded() {
    let scene = Scene::start().await;
    let uri = job_uri(&ban(&scene, many(10_000)).await);
    let waiting = job_uri(&ban(&scene, many(21)).await);
    scene.until(&uri, |job| job["done"] != 0).await;
    assert_eq!(ok(&scene.admin.get(&waiting).await)["done"], 0);
    let storage = scene.app.stop().await;
    let query = AuditQuery {
        action: Some(AuditAction::BansCreated),
        ..AuditQuery::default()
    };
    let mut entries: Vec<(Outcome, Value)> = storage
        .reads()
        .audit(&query)
        .await
        .unwrap()
        .items
        .into_iter()
        .map(|entry| (entry.entry.outcome, entry.entry.detail))
        .collect();
    entries.sort_by_key(|(_, detail)| detail["total"].as_u64());
    assert_eq!(entries.len(), 2);
    assert!(
        entries
            .iter()
            .all(|(_, detail)| detail["state"] == "cancelled")
    );
    assert_eq!(
        (entries[0].0, &entries[0].1["done"]),
        (Outcome::Failed, &json!(0))
    );
    assert_eq!(entries[1].0, Outcome::Partial);
    scene.lab.stop().await;
}
