use domain::Role;
use serde_json::{Value, json};

use crate::testing::{Answer, ListServer, Namespace, Plan, TestApp, TestClient};

const LISTS: &str = "/api/v1/blocklists";
const FIREWALL: &str = "/api/v1/hosts/local/firewall";

/// A server with a packet filter of its own, and a list on this machine.
struct Scene {
    namespace: Namespace,
    lists: ListServer,
    admin: TestClient,
    app: TestApp,
}

impl Scene {
    async fn with(list: &str) -> Self {
        let namespace = Namespace::new();
        let app = TestApp::build(Plan {
            namespace: Some(&namespace),
            ..Plan::default()
        })
        .await;
        Self {
            admin: app.as_role(Role::Admin).await,
            lists: ListServer::of(list).await,
            namespace,
            app,
        }
    }

    fn source(&self) -> Value {
        source(&self.lists.url())
    }

    /// Adds the list, and waits until it was fetched.
    async fn added(&self) -> i64 {
        let added = self.admin.post(LISTS, self.source()).await;
        assert_eq!(added.status, 201, "{}", added.body);
        let id = added.json()["id"].as_i64().unwrap();
        self.until(id, |list| !list["last"].is_null()).await;
        id
    }

    async fn until(&self, id: i64, wanted: impl Fn(&Value) -> bool) -> Value {
        let uri = format!("{LISTS}/{id}");
        let is_done = |list: &Value| list["importing"] == false && wanted(list);
        self.admin.get_until(&uri, is_done).await
    }

    /// Has the list fetched again, and waits until it was.
    async fn again(&self, id: i64) -> Value {
        let runs = self.runs(id).await.len();
        let uri = format!("{LISTS}/{id}/import");
        let begins = self.admin.post(&uri, json!({})).await;
        assert_eq!(begins.status, 202, "{}", begins.body);
        let log = format!("{LISTS}/{id}/runs");
        let is_more = |log: &Value| log["items"].as_array().unwrap().len() > runs;
        self.admin.get_until(&log, is_more).await;
        self.until(id, |_| true).await
    }

    async fn runs(&self, id: i64) -> Vec<Value> {
        let log = self.admin.get(&format!("{LISTS}/{id}/runs")).await.json();
        log["items"].as_array().unwrap().clone()
    }

    /// Waits until so many networks are in force.
    async fn in_force(&self, networks: u64) {
        let are_there = |state: &Value| state["table"]["networks"] == networks;
        self.admin.get_until(FIREWALL, are_there).await;
    }
}

fn source(url: &str) -> Value {
    json!({
        "name": "Bad ones",
        "url": url,
        "allowHttp": true,
        "everySeconds": 3600,
        "enabled": true,
        "target": { "kind": "firewall" },
        "direction": "in",
        "note": "of a friend",
    })
}

/// Which fields were refused, and how.
fn refused(answer: &Answer) -> Vec<(String, String)> {
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let text = |error: &Value, key: &str| error[key].as_str().unwrap().to_owned();
    errors
        .iter()
        .map(|error| (text(error, "field"), text(error, "code")))
        .collect()
}

#[tokio::test]
async fn source_added_is_fetched_read_and_in_force() {
    let scene =
        Scene::with("# bad\n45.10.0.0/16\n45.20.0.1\n45.20.0.1\nrubbish\n10.0.0.0/8\n").await;
    let id = scene.added().await;
    let list = scene.until(id, |_| true).await;
    assert_eq!(list["name"], "Bad ones");
    assert_eq!(list["copy"]["networks"], 2);
    let run = &list["last"];
    assert_eq!(
        (&run["outcome"], &run["by"]),
        (&json!("taken"), &json!("admin"))
    );
    assert_eq!((&run["parsed"], &run["special"]), (&json!(4), &json!(1)));
    let left_out = json!({ "subtracted": [], "special": ["10.0.0.0/8"], "tooWide": [] });
    assert_eq!(run["leftOut"], left_out);
    assert_eq!(
        run["junkExamples"],
        json!([{ "line": 5, "text": "rubbish" }])
    );
    scene.in_force(2).await;
    let rules = scene.namespace.run(&["nft", "list", "ruleset"]);
    assert!(
        rules.contains("45.10.0.0") && rules.contains("45.20.0.1"),
        "{rules}"
    );
    let list = scene.admin.get(&format!("{LISTS}/{id}")).await.json();
    assert_eq!(
        list["copy"]["addresses"],
        json!({ "v4": 65_537, "v6": "0" })
    );
}

#[tokio::test]
async fn source_that_has_not_changed_changes_nothing() {
    let scene = Scene::with("45.10.0.0/16\n").await;
    scene.lists.name("\"one\"");
    let id = scene.added().await;
    scene.in_force(1).await;
    let before = scene.namespace.run(&["nft", "-a", "list", "ruleset"]);
    for _ in 0..2 {
        let list = scene.again(id).await;
        assert_eq!(list["last"]["outcome"], "unchanged");
    }
    assert_eq!(scene.lists.asked(), 3);
    let after = scene.namespace.run(&["nft", "-a", "list", "ruleset"]);
    assert_eq!(after, before);
}

#[tokio::test]
async fn source_that_cannot_be_fetched_keeps_its_last_good_copy() {
    let scene = Scene::with("45.10.0.0/16\n").await;
    let id = scene.added().await;
    scene.lists.answer(503);
    let list = scene.again(id).await;
    assert_eq!(list["last"]["outcome"], "failed");
    assert!(
        list["last"]["problem"]["text"]
            .as_str()
            .unwrap()
            .contains("503"),
        "{list}"
    );
    assert_eq!(
        (&list["failures"], &list["copy"]["networks"]),
        (&json!(1), &json!(1))
    );
    scene.in_force(1).await;
    scene.lists.answer(200);
    scene.lists.say("<!doctype html><html>Sign in first</html>");
    let list = scene.again(id).await;
    assert_eq!(
        (&list["last"]["outcome"], &list["failures"]),
        (&json!("failed"), &json!(2))
    );
    scene.lists.say("45.11.0.0/16\n");
    let list = scene.again(id).await;
    assert_eq!(
        (&list["last"]["outcome"], &list["failures"]),
        (&json!("taken"), &json!(0))
    );
    assert_eq!(
        (&list["last"]["added"], &list["last"]["removed"]),
        (&json!(1), &json!(1))
    );
}

fn many(count: u32) -> String {
    use std::fmt::Write as _;
    (0..count).fold(String::new(), |mut list, number| {
        let _ = writeln!(list, "45.{}.{}.0/24", number / 256, (number % 256) & !1);
        list
    })
}

#[tokio::test]
async fn copy_that_shrank_waits_for_a_yes_while_the_one_before_stays_in_force() {
    let scene = Scene::with(&many(200)).await;
    let id = scene.added().await;
    scene.in_force(100).await;
    scene.lists.say(&many(20));
    let list = scene.again(id).await;
    let waiting = &list["waiting"];
    assert_eq!(
        (&waiting["networks"], &waiting["reason"]),
        (&json!(10), &json!("shrank"))
    );
    assert_eq!(list["copy"]["networks"], 100);
    scene.in_force(100).await;
    let accept = format!("{LISTS}/{id}/waiting/accept");
    let other = scene.admin.post(&accept, json!({ "copy": 0 })).await;
    assert_eq!(other.problem(), "nothing-waits");
    let copy = json!({ "copy": waiting["id"] });
    let yes = scene.admin.post(&accept, copy.clone()).await;
    assert_eq!(yes.json()["copy"]["networks"], 10, "{}", yes.body);
    scene.in_force(10).await;
    let again = scene.admin.post(&accept, copy).await;
    assert_eq!(again.problem(), "nothing-waits");
}

/// What whoever took over a list of 20 networks might serve: all of the internet, in a few dozen networks.
fn everything() -> String {
    use std::fmt::Write as _;
    (1..=223).fold(String::new(), |mut list, first| {
        let _ = writeln!(list, "{first}.0.0.0/8");
        list
    })
}

#[tokio::test]
async fn copy_of_hardly_more_networks_that_covers_the_internet_waits_for_a_yes() {
    let scene = Scene::with(&many(120)).await;
    let id = scene.added().await;
    scene.in_force(60).await;
    scene.lists.say(&everything());
    let list = scene.again(id).await;
    assert_eq!(list["waiting"]["reason"], "coversTooMuch");
    scene.lists.say(
        &many(120)
            .replace("45.0.", "45.")
            .replace(".0/24", ".0.0/20"),
    );
    let list = scene.again(id).await;
    assert_eq!(list["waiting"]["reason"], "coversMore", "{list}");
    scene.lists.say(&many(120).replace("/24", "/32"));
    let list = scene.again(id).await;
    assert_eq!(list["waiting"]["reason"], "coversLess");
    scene.in_force(60).await;
}

#[tokio::test]
async fn first_copy_that_covers_too_much_waits_for_a_yes_and_the_preview_says_so() {
    let scene = Scene::with(&everything()).await;
    let look = json!({ "url": scene.lists.url(), "allowHttp": true });
    let look = scene.admin.post(&format!("{LISTS}/preview"), look).await;
    let preview = look.json();
    assert_eq!(preview["waits"], "coversTooMuch", "{}", look.body);
    let share = preview["share"]["v4"].as_f64().unwrap();
    assert!((0.99..=1.0).contains(&share), "{share}");
    let id = scene.added().await;
    let list = scene.until(id, |_| true).await;
    assert_eq!(list["copy"], Value::Null);
    assert_eq!(list["waiting"]["reason"], "coversTooMuch");
    let accept = format!("{LISTS}/{id}/waiting/accept");
    let copy = json!({ "copy": list["waiting"]["id"] });
    let yes = scene.admin.post(&accept, copy).await;
    assert!(!yes.json()["copy"].is_null(), "{}", yes.body);
}

#[tokio::test]
async fn copy_that_is_refused_is_forgotten_and_the_list_fetched_anew() {
    let scene = Scene::with(&many(200)).await;
    let id = scene.added().await;
    scene.lists.say("# nothing today\n");
    let list = scene.again(id).await;
    assert_eq!(list["waiting"]["reason"], "empty");
    let copy = json!({ "copy": list["waiting"]["id"] });
    let no = scene
        .admin
        .post(&format!("{LISTS}/{id}/waiting/refuse"), copy)
        .await;
    assert_eq!(no.json()["waiting"], Value::Null, "{}", no.body);
    let list = scene.again(id).await;
    assert_eq!(list["waiting"]["reason"], "empty");
    scene.in_force(100).await;
}

#[tokio::test]
async fn source_removed_blocks_nothing_any_more() {
    let scene = Scene::with("45.10.0.0/16\n").await;
    let id = scene.added().await;
    scene.in_force(1).await;
    let uri = format!("{LISTS}/{id}");
    assert_eq!(scene.admin.delete(&uri).await.status, 204);
    scene.in_force(0).await;
    assert_eq!(scene.admin.get(&uri).await.problem(), "blocklist-not-found");
    assert_eq!(
        scene.admin.delete(&uri).await.problem(),
        "blocklist-not-found"
    );
    scene.app.stop().await;
}

#[tokio::test]
async fn source_that_is_switched_off_blocks_nothing_and_on_again_does() {
    let scene = Scene::with("45.10.0.0/16\n").await;
    let id = scene.added().await;
    scene.in_force(1).await;
    for (enabled, networks) in [(false, 0), (true, 1)] {
        let mut changed = scene.source();
        changed["enabled"] = json!(enabled);
        let answer = scene.admin.put(&format!("{LISTS}/{id}"), changed).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        scene.in_force(networks).await;
    }
}

#[tokio::test]
async fn source_with_wrong_values_is_refused_field_by_field() {
    let scene = Scene::with("").await;
    let mut wrong = source("ftp://lists.example/");
    wrong["name"] = json!(" ");
    wrong["everySeconds"] = json!(10);
    wrong["target"] = json!({ "kind": "jail", "jail": "a,b" });
    wrong["note"] = json!("\u{7}");
    let answer = scene.admin.post(LISTS, wrong).await;
    assert_eq!(answer.problem(), "invalid");
    let fields: Vec<String> = refused(&answer).into_iter().map(|error| error.0).collect();
    assert_eq!(
        fields,
        ["name", "note", "url", "target.jail", "everySeconds"]
    );
    let mut plain = scene.source();
    plain["allowHttp"] = json!(false);
    let answer = scene.admin.post(LISTS, plain).await;
    assert_eq!(refused(&answer), [("url".to_owned(), "bad-url".to_owned())]);
    assert_eq!(scene.lists.asked(), 0);
}

#[tokio::test]
async fn source_with_a_name_that_is_taken_is_refused() {
    let scene = Scene::with("45.10.0.0/16\n").await;
    scene.added().await;
    let mut second = scene.source();
    second["name"] = json!("BAD ONES");
    let answer = scene.admin.post(LISTS, second).await;
    assert_eq!(answer.problem(), "blocklist-name-taken");
}

#[tokio::test]
async fn source_inside_that_nobody_named_is_not_fetched() {
    let scene = Scene::with("").await;
    for url in [
        "http://127.0.0.2:80/",
        "http://169.254.169.254/",
        "http://[::1]/",
    ] {
        let look = json!({ "url": url, "allowHttp": true });
        let answer = scene.admin.post(&format!("{LISTS}/preview"), look).await;
        assert_eq!(
            answer.problem(),
            "list-not-fetched",
            "{url}: {}",
            answer.body
        );
        assert!(
            answer.body.contains("no list is fetched from"),
            "{}",
            answer.body
        );
    }
}

#[tokio::test]
async fn preview_says_what_a_list_would_block_and_keeps_nothing() {
    let scene = Scene::with("45.10.0.0/16\n8.0.0.0/6\n203.0.113.5\n45.30.0.0/16\n?\n").await;
    scene.added().await;
    scene.in_force(2).await;
    let look = json!({ "url": scene.lists.url(), "allowHttp": true });
    let answer = scene.admin.post(&format!("{LISTS}/preview"), look).await;
    let preview = answer.json();
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(preview["networks"], 2);
    assert_eq!(preview["sample"], json!(["45.10.0.0/16", "45.30.0.0/16"]));
    assert_eq!(
        preview["tooWide"],
        json!({ "count": 1, "first": ["8.0.0.0/6"] })
    );
    assert_eq!(
        preview["special"],
        json!({ "count": 1, "first": ["203.0.113.5"] })
    );
    assert_eq!(preview["junk"], 1);
    assert_eq!(preview["waits"], Value::Null);
    let share = preview["share"]["v4"].as_f64().unwrap();
    assert!((0.000_03..0.000_04).contains(&share), "{share}");
    assert_eq!(preview["overlaps"][0]["addresses"]["v4"], 131_072);
    let lists = scene.admin.get(LISTS).await.json();
    assert_eq!(lists["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn allowlisted_networks_are_cut_out_of_what_is_blocked() {
    let scene = Scene::with("45.10.0.0/16\n").await;
    let allow = json!({ "subject": "45.10.7.0/24" });
    let answer = scene.admin.post("/api/v1/allowlist", allow).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let id = scene.added().await;
    // A /16 without a /24 is eight networks.
    scene.in_force(8).await;
    let list = scene.until(id, |_| true).await;
    assert_eq!(list["last"]["subtracted"], 1);
    let named = json!([{ "network": "45.10.7.0/24", "reason": "allowlisted" }]);
    assert_eq!(list["last"]["leftOut"]["subtracted"], named);
    let look = json!({ "url": scene.lists.url(), "allowHttp": true });
    let preview = scene.admin.post(&format!("{LISTS}/preview"), look).await;
    let shown = json!({ "count": 1, "first": named });
    assert_eq!(preview.json()["subtracted"], shown);
    let truth = scene
        .admin
        .get("/api/v1/addresses/45.10.7.9/truth")
        .await
        .json();
    assert_eq!(truth["lists"][0]["name"], "Bad ones");
    assert_eq!(truth["allowed"][0]["subject"], "45.10.7.0/24");
}

#[tokio::test]
async fn overlaps_name_each_two_lists_that_have_addresses_in_common() {
    let scene = Scene::with("45.10.0.0/16\n").await;
    let first = scene.added().await;
    let other = ListServer::of("45.10.7.0/24\n46.0.0.1\n").await;
    let mut second = source(&other.url());
    second["name"] = json!("Others");
    let second = scene.admin.post(LISTS, second).await.json()["id"]
        .as_i64()
        .unwrap();
    scene.until(second, |list| !list["copy"].is_null()).await;
    scene.in_force(2).await;
    let overlaps = scene.admin.get(&format!("{LISTS}/overlaps")).await.json();
    let addresses = json!({ "v4": 256, "v6": "0" });
    let both = json!([{ "first": first, "second": second, "addresses": addresses }]);
    assert_eq!(overlaps["items"], both);
}

#[tokio::test]
async fn hits_before_anything_was_blocked_are_none() {
    let scene = Scene::with("45.10.0.0/16\n").await;
    let hits = scene.admin.get(&format!("{LISTS}/hits")).await;
    let nothing = json!({ "packets": 0, "bytes": 0 });
    let none = json!({ "incoming": nothing, "outgoing": nothing, "lists": [], "top": [] });
    assert_eq!(hits.json(), none);
}

#[tokio::test]
async fn source_is_changed_by_administrators_alone() {
    let scene = Scene::with("45.10.0.0/16\n").await;
    let operator = scene.app.as_role(Role::Operator).await;
    assert_eq!(operator.get(LISTS).await.status, 200);
    assert_eq!(
        operator.post(LISTS, scene.source()).await.problem(),
        "forbidden"
    );
    let look = json!({ "url": scene.lists.url() });
    let preview = operator.post(&format!("{LISTS}/preview"), look).await;
    assert_eq!(preview.problem(), "forbidden");
}

#[tokio::test]
async fn source_that_nobody_can_carry_out_is_kept_and_said() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let lists = ListServer::of("45.10.0.0/16\n").await;
    let added = admin.post(LISTS, source(&lists.url())).await;
    let uri = format!("{LISTS}/{}", added.json()["id"]);
    admin.get_until(&uri, |list| !list["copy"].is_null()).await;
    let failed = |state: &Value| !state["lastLoad"]["problem"].is_null();
    let state = admin.get_until(FIREWALL, failed).await;
    assert_eq!(state["table"], Value::Null);
    assert!(
        state["unusable"]["text"]
            .as_str()
            .unwrap()
            .contains("without one"),
        "{state}"
    );
}
