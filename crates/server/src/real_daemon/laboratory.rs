use serde_json::{Value, json};

use super::{Scene, ok};
use crate::testing::Answer;

const LABORATORY: &str = "/api/v1/hosts/local/laboratory";
const LINE: &str = "2026-11-28 18:00:00 app: bad login from 192.0.2.1";

fn regexes() -> Value {
    json!({ "from": "regexes", "failregex": ["^ app: bad login from <HOST>$"] })
}

async fn test(scene: &Scene, lines: Value) -> Answer {
    let body = json!({ "source": regexes(), "lines": lines });
    scene.admin.post(&format!("{LABORATORY}/test"), body).await
}

#[tokio::test]
async fn pasted_lines_are_told_one_by_one_and_not_written_down() {
    let scene = Scene::start().await;
    let text = format!("{LINE}\n2026-11-28 18:00:01 app: good login from 192.0.2.2\n");
    let report = ok(&test(&scene, json!({ "from": "pasted", "text": text })).await);
    assert_eq!(
        (&report["total"], &report["matched"]),
        (&json!(2), &json!(1))
    );
    let line = &report["lines"][0];
    assert_eq!(
        (&line["outcome"], &line["host"]),
        (&json!("matched"), &json!("192.0.2.1"))
    );
    assert_eq!(report["lines"][1]["outcome"], "missed");
    assert!(scene.recorded("laboratory.tested").await.is_empty());
    scene.end().await;
}

#[tokio::test]
async fn log_file_is_read_where_it_may_be_and_that_is_written_down() {
    let scene = Scene::start().await;
    let log = scene.lab.log_for("sshd").unwrap().display().to_string();
    std::fs::write(&log, format!("{LINE}\n")).unwrap();
    let report = ok(&test(&scene, json!({ "from": "file", "path": log })).await);
    assert_eq!(report["matched"], 1, "{report}");
    let elsewhere = test(&scene, json!({ "from": "file", "path": "/etc/passwd" })).await;
    assert_eq!(
        elsewhere.problem(),
        "path-not-allowed",
        "{}",
        elsewhere.body
    );
    assert!(!elsewhere.body.contains("root:"));
    let told = scene.recorded("laboratory.tested").await;
    assert_eq!((&*told[0].0, &*told[0].1), ("refused", "/etc/passwd"));
    assert_eq!((&*told[1].0, &told[1].1), ("success", &log));
    assert_eq!(told[1].2["lines"], 1);
    scene.end().await;
}

#[tokio::test]
async fn samples_are_kept_run_and_written_down() {
    let scene = Scene::start().await;
    let uri = format!("{LABORATORY}/filters/sshd/samples");
    assert_eq!(ok(&scene.admin.get(&uri).await), json!({ "items": [] }));
    let fails =
        "Nov 28 18:00:00 host sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2";
    let good = "Nov 28 18:00:00 host sshd[2]: Server listening on 0.0.0.0 port 22.";
    let samples = json!({ "items": [
        { "line": fails, "host": "192.0.2.1", "note": "a wrong password" },
        { "line": good, "host": null, "note": "" },
    ] });
    assert_eq!(ok(&scene.admin.put(&uri, samples.clone()).await), samples);
    assert_eq!(ok(&scene.admin.get(&uri).await), samples);
    let run = format!("{uri}/run");
    let report = ok(&scene.admin.post(&run, json!({ "text": null })).await);
    let passed = |report: &Value| -> Vec<bool> {
        let results = report["results"].as_array().unwrap().iter();
        results
            .map(|result| result["passed"].as_bool().unwrap())
            .collect()
    };
    assert_eq!(passed(&report), [true, true], "{report}");
    let text = "[Definition]\nfailregex = ^nothing <HOST>$\n";
    let report = ok(&scene.admin.post(&run, json!({ "text": text })).await);
    assert_eq!(passed(&report), [false, true], "{report}");
    let told = scene.recorded("samples.changed").await;
    assert_eq!((&*told[0].0, &*told[0].1), ("success", "filter sshd"));
    assert_eq!(told[0].2["samples"], 2);
    scene.end().await;
}
