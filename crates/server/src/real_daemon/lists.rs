use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{BANS, Scene, many, ok};
use crate::testing::Past;

/// Enough for several pages of the largest size.
const COUNT: usize = 2_500;

async fn page_through(scene: &Scene, query: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let uri = format!("/api/v1/bans?{query}&cursor={cursor}");
        let page = ok(&scene.admin.get(&uri).await);
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return items,
        }
    }
}

#[tokio::test]
async fn thousands_of_bans_are_paged_in_every_order() {
    let scene = Scene::start().await;
    let order = json!({ "jail": "sshd", "targets": many(COUNT) });
    let job = scene.admin.post(BANS, order).await;
    assert_eq!(job.status, 202, "{}", job.body);
    let uri = job.header("location").unwrap().to_owned();
    let done = scene.until(&uri, |job| job["state"] != "running").await;
    assert_eq!(done["counts"]["banned"], COUNT, "{done}");
    let order = json!({ "jail": super::ODD, "targets": ["2001:db8::/48", "198.18.0.0"] });
    ok(&scene.admin.post(BANS, order).await);

    for sort in ["bannedAt", "expiresAt", "subject", "jail"] {
        for direction in ["asc", "desc"] {
            let query = format!("sort={sort}&order={direction}&limit=500");
            let items = page_through(&scene, &query).await;
            let keys: BTreeSet<String> = items
                .iter()
                .map(|ban| format!("{} {}", ban["jail"], ban["subject"]))
                .collect();
            assert_eq!((items.len(), keys.len()), (COUNT + 2, COUNT + 2), "{query}");
        }
    }
    let first = ok(&scene.admin.get("/api/v1/bans?sort=subject&limit=2").await);
    assert_eq!(first["total"], COUNT + 2);
    assert_eq!(first["items"][0]["subject"], "198.18.0.0");
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let cursor = first["nextCursor"].as_str().unwrap();
    let other = format!("/api/v1/bans?sort=jail&cursor={cursor}");
    assert_eq!(scene.admin.get(&other).await.problem(), "bad-cursor");

    filters(&scene).await;
    scene.end().await;
}

async fn filters(scene: &Scene) {
    for (query, total) in [
        ("jail=sshd", COUNT),
        (&*format!("jail={}", super::ODD_SEGMENT), 2),
        (
            &*format!("jail=sshd&jail={}", super::ODD_SEGMENT),
            COUNT + 2,
        ),
        ("jail=postfix", 0),
        ("family=v6", 1),
        ("search=198.18.9.", COUNT - 9 * 256),
        ("search=198.18.1.0/24", 256),
        ("search=2001:DB8::5", 1),
        ("search=nobody", 0),
    ] {
        let page = ok(&scene.admin.get(&format!("/api/v1/bans?{query}")).await);
        assert_eq!(page["total"], total, "{query}");
    }
    let network = ok(&scene.admin.get("/api/v1/bans?family=v6").await);
    assert_eq!(network["items"][0]["kind"], "network");
    assert_eq!(network["items"][0]["subject"], "2001:db8::/48");
    assert_eq!(network["items"][0]["jail"], super::ODD);
}

#[tokio::test]
async fn tag_of_a_list_changes_with_a_ban() {
    let scene = Scene::start().await;
    let tags = async || {
        let mut tags = Vec::new();
        for uri in [
            "/api/v1/hosts/local/status",
            "/api/v1/hosts/local/jails",
            "/api/v1/bans",
        ] {
            tags.push(
                scene
                    .admin
                    .get(uri)
                    .await
                    .header("etag")
                    .unwrap()
                    .to_owned(),
            );
        }
        tags
    };
    let before = tags().await;
    let order = json!({ "jail": "sshd", "targets": ["203.0.113.7"] });
    ok(&scene.admin.post(BANS, order).await);
    for (before, after) in before.iter().zip(tags().await) {
        assert_ne!(*before, after);
    }
    scene.end().await;
}

#[tokio::test]
async fn list_that_is_not_sent_again_is_as_of_the_last_poll() {
    let scene = Scene::start().await;
    for uri in ["/api/v1/hosts/local/jails", "/api/v1/bans"] {
        let first = scene.admin.get(uri).await;
        let sent = first.json()["asOf"].clone();
        let status = "/api/v1/hosts/local/status";
        scene.until(status, |now| now["asOf"] != sent).await;
        let tag = first.header("etag").unwrap();
        let again = scene.admin.clone().header("if-none-match", tag);
        let again = again.get(uri).await;
        assert_eq!((again.status.as_u16(), &*again.body), (304, ""), "{uri}");
        let found = again.header("bangui-as-of").unwrap();
        assert_ne!(sent, found, "{uri}");
    }
    scene.end().await;
}

#[tokio::test]
async fn failing_leaves_out_who_is_banned_by_a_ban_from_long_before() {
    let scene = Scene::start().await;
    let order = json!({ "jail": "sshd", "targets": ["203.0.113.7"] });
    ok(&scene.admin.post(BANS, order).await);
    let history = "/api/v1/history?address=203.0.113.7";
    let told = |page: &Value| page["items"].as_array().is_some_and(|all| !all.is_empty());
    scene.until(history, told).await;
    // Long after the ban, which history has at its beginning only.
    let mut past = Past::default();
    for (jail, subject) in [
        ("sshd", "203.0.113.7"),
        ("sshd", "192.0.2.8"),
        ("postfix", "203.0.113.7"),
    ] {
        past.failures("2030-01-01T00:00:00Z", jail, subject, 3);
    }
    past.store(&scene.app).await;
    let listed = ok(&scene
        .admin
        .get("/api/v1/stats/failing?since=2030-01-01T00:00:00Z")
        .await);
    let items = listed["items"].as_array().unwrap();
    let shown: BTreeSet<(&str, &str, Option<&str>)> = items
        .iter()
        .map(|item| {
            let text = |name: &str| item[name].as_str();
            (
                text("jail").unwrap(),
                text("subject").unwrap(),
                text("country"),
            )
        })
        .collect();
    let wanted = [
        // Never banned, and placed all the same.
        ("sshd", "192.0.2.8", Some("DE")),
        ("postfix", "203.0.113.7", None),
    ];
    assert_eq!(shown, wanted.into());
    scene.end().await;
}
