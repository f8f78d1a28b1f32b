use domain::Storage as _;
use futures_util::FutureExt as _;
use serde_json::json;

use super::{BANS, Scene, UNBANS, ok};

#[tokio::test]
async fn ban_and_unban_of_an_address_is_what_fail2ban_says() {
    let scene = Scene::start().await;
    let order = json!({ "jail": "sshd", "targets": ["::ffff:203.0.113.7", "203.0.113.7"] });
    let answer = ok(&scene.admin.post(BANS, order.clone()).await);
    assert_eq!(
        answer,
        json!({
            "results": [{ "target": "203.0.113.7", "outcome": "banned", "hits": [] }],
            "counts": { "banned": 1, "alreadyBanned": 0, "refused": 0, "notListed": 0 },
        })
    );
    assert_eq!(scene.banned_says_client("sshd").await, ["203.0.113.7"]);
    let listed = ok(&scene.admin.get("/api/v1/bans").await);
    assert_eq!(listed["total"], 1);
    assert_eq!(listed["items"][0]["subject"], "203.0.113.7");
    assert_eq!(listed["items"][0]["kind"], "address");
    assert_eq!(listed["items"][0]["family"], "v4");
    assert_eq!(listed["items"][0]["permanent"], false);

    let again = ok(&scene.admin.post(BANS, order).await);
    assert_eq!(again["counts"]["alreadyBanned"], 1);

    let order = json!({ "targets": [{ "subject": "203.0.113.7", "jail": "sshd" }] });
    let answer = ok(&scene.admin.post(UNBANS, order.clone()).await);
    assert_eq!(
        answer,
        json!({
            "results": [{ "subject": "203.0.113.7", "jail": "sshd", "unbannedIn": ["sshd"], "stillBannedIn": [] }],
            "unbanned": 1,
        })
    );
    assert!(scene.banned_says_client("sshd").await.is_empty());
    assert_eq!(ok(&scene.admin.get("/api/v1/bans").await)["total"], 0);
    let again = ok(&scene.admin.post(UNBANS, order).await);
    assert_eq!(again["unbanned"], 0);

    let created = scene.recorded("bans.created").await;
    assert_eq!(created.len(), 2);
    assert_eq!(created[1].0, "success");
    assert_eq!(created[1].1, "203.0.113.7");
    assert_eq!(created[1].2["jail"], "sshd");
    assert_eq!(created[1].2["targets"], json!(["203.0.113.7"]));
    assert_eq!(created[1].2["counts"]["banned"], 1);
    let removed = scene.recorded("bans.removed").await;
    assert_eq!(removed[1].2["unbanned"], 1);
    scene.end().await;
}

#[tokio::test]
async fn ban_that_would_lock_somebody_out_is_refused() {
    let scene = Scene::start().await;
    let order =
        |targets, yes| json!({ "jail": "sshd", "targets": targets, "confirmOwnAddress": yes });
    let own = scene
        .admin
        .post(BANS, order(json!(["203.0.113.5"]), false))
        .await;
    assert_eq!(
        (own.status.as_u16(), &*own.problem()),
        (409, "lock-out-guard")
    );
    assert_eq!(
        own.json()["hits"],
        json!([{ "target": "203.0.113.5", "hits": [{ "reason": "requester", "address": "203.0.113.5", "canBeOverridden": true }] }])
    );
    let loopback = order(json!(["127.0.0.1", "::1"]), true);
    let loopback = scene.admin.post(BANS, loopback).await;
    assert_eq!(loopback.problem(), "lock-out-guard");
    assert_eq!(loopback.json()["hits"].as_array().unwrap().len(), 2);
    assert!(scene.banned_says_client("sshd").await.is_empty());

    let mixed = order(json!(["127.0.0.1", "203.0.113.9"]), false);
    let mixed = ok(&scene.admin.post(BANS, mixed).await);
    assert_eq!(mixed["results"][0]["outcome"], "refused");
    assert_eq!(mixed["results"][0]["hits"][0]["reason"], "loopback");
    assert_eq!(mixed["results"][1]["outcome"], "banned");
    let confirmed = scene
        .admin
        .post(BANS, order(json!(["203.0.113.5"]), true))
        .await;
    assert_eq!(ok(&confirmed)["counts"]["banned"], 1);
    assert_eq!(
        scene.banned_says_client("sshd").await,
        ["203.0.113.5", "203.0.113.9"]
    );
    let outcomes: Vec<String> = scene
        .recorded("bans.created")
        .await
        .into_iter()
        .map(|(outcome, ..)| outcome)
        .collect();
    assert_eq!(outcomes, ["success", "partial", "refused", "refused"]);
    scene.end().await;
}

#[tokio::test]
async fn ban_in_a_jail_that_is_not_there_or_not_running_is_told_apart() {
    let scene = Scene::start().await;
    let order = |jail: &str, targets: &[String]| json!({ "jail": jail, "targets": targets });
    let stop = "/api/v1/hosts/local/jails/postfix/stop";
    ok(&scene.admin.post(stop, json!({})).await);
    for targets in [super::many(1), super::many(21)] {
        let absent = scene.admin.post(BANS, order("nowhere", &targets)).await;
        assert_eq!(absent.problem(), "jail-not-found");
        let stopped = scene.admin.post(BANS, order("postfix", &targets)).await;
        assert_eq!(stopped.problem(), "jail-not-running");
    }
    let outcomes = scene.recorded("bans.created").await;
    assert!(outcomes.iter().all(|(outcome, ..)| outcome == "failed"));
    assert_eq!(outcomes.len(), 4);
    scene.end().await;
}

#[tokio::test]
async fn unban_everywhere_ends_the_ban_in_each_jail() {
    let scene = Scene::start().await;
    for jail in ["sshd", "postfix", super::ODD] {
        let order = json!({ "jail": jail, "targets": ["2001:db8::7", "203.0.113.7"] });
        assert_eq!(
            ok(&scene.admin.post(BANS, order).await)["counts"]["banned"],
            2
        );
    }
    let order = json!({ "targets": [
        { "subject": "2001:DB8::7" },
        { "subject": "203.0.113.7", "jail": "postfix" },
        { "subject": "192.0.2.1", "jail": null },
    ] });
    let answer = ok(&scene.admin.post(UNBANS, order).await);
    let jails = &answer["results"][0]["unbannedIn"];
    assert_eq!(jails.as_array().unwrap().len(), 3, "{answer}");
    assert_eq!(answer["results"][1]["unbannedIn"], json!(["postfix"]));
    assert_eq!(answer["results"][2]["unbannedIn"], json!([]));
    assert_eq!(answer["unbanned"], 4);
    assert_eq!(scene.banned_says_client("sshd").await, ["203.0.113.7"]);

    let all = json!({ "confirm": "unban all" });
    let all = ok(&scene.admin.post(&format!("{UNBANS}/all"), all).await);
    assert_eq!(all, json!({ "unbanned": 2 }));
    assert!(scene.banned_says_client("sshd").await.is_empty());
    assert_eq!(ok(&scene.admin.get("/api/v1/bans").await)["total"], 0);
    let cleared = scene.recorded("bans.cleared").await;
    assert_eq!(cleared[0].2["unbanned"], 2);
    scene.end().await;
}

#[tokio::test]
async fn check_names_what_the_jail_bans_already() {
    let scene = Scene::start().await;
    let order = json!({ "jail": "sshd", "targets": ["203.0.113.7"] });
    ok(&scene.admin.post(BANS, order).await);
    let outcomes = async |jail: Option<&str>| {
        let body = json!({ "jail": jail, "text": "203.0.113.7\n203.0.113.8\n203.0.113.5" });
        let answer = ok(&scene.admin.post(&format!("{BANS}/check"), body).await);
        let lines = answer["lines"].as_array().unwrap().clone();
        lines
            .iter()
            .map(|line| line["outcome"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        outcomes(Some("sshd")).await,
        ["alreadyBanned", "ok", "needsConfirmation"]
    );
    assert_eq!(
        outcomes(Some("postfix")).await,
        ["ok", "ok", "needsConfirmation"]
    );
    assert_eq!(outcomes(None).await, ["ok", "ok", "needsConfirmation"]);
    // Looking is not doing.
    assert_eq!(scene.recorded("bans.created").await.len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn text_that_is_no_address_is_listed_as_text_and_can_be_unbanned() {
    let scene = Scene::start().await;
    let hostile = "<img src=x onerror=alert(1)>";
    scene
        .lab
        .client_output(&["set", "sshd", "banip", hostile])
        .await
        .unwrap();
    let listed = scene
        .until("/api/v1/bans?sort=subject", |page| page["total"] == 1)
        .await;
    let ban = &listed["items"][0];
    assert_eq!(ban["subject"], hostile);
    assert_eq!(ban["kind"], "other");
    assert_eq!(ban["family"], json!(null));
    let order = json!({ "targets": [{ "subject": hostile, "jail": "sshd" }] });
    let answer = ok(&scene.admin.post(UNBANS, order).await);
    assert_eq!(answer["results"][0]["unbannedIn"], json!(["sshd"]));
    assert!(scene.banned_says_client("sshd").await.is_empty());
    scene.end().await;
}

#[tokio::test]
async fn ban_that_cannot_be_recorded_is_done_and_says_so() {
    let scene = Scene::start().await;
    // The session is known from now on.
    ok(&scene.admin.get("/api/v1/bans").await);
    scene.app.storage.close().await;
    let order = json!({ "jail": "sshd", "targets": ["203.0.113.7"] });
    let answer = scene.admin.post(BANS, order).await;
    assert_eq!((answer.status.as_u16(), &*answer.problem()), (503, "busy"));
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("It was carried out"), "{detail}");
    assert_eq!(scene.banned_says_client("sshd").await, ["203.0.113.7"]);
    scene.end().await;
}

#[tokio::test]
async fn ban_whose_client_goes_away_is_done_and_recorded() {
    let scene = Scene::start().await;
    ok(&scene.admin.get("/api/v1/bans").await);
    let order = json!({ "jail": "sshd", "targets": ["203.0.113.7"] });
    let answer = scene.admin.post(BANS, order).now_or_never();
    assert!(answer.is_none(), "it was to be dropped half-way");
    scene
        .until("/api/v1/audit?action=bans.created", |page| {
            page["items"][0]["outcome"] == "success"
        })
        .await;
    assert_eq!(scene.banned_says_client("sshd").await, ["203.0.113.7"]);
    scene.end().await;
}
