//! Versions, and what others change.
use std::io::Read as _;

use agent::AgentConfig;
use domain::{ConfigActs, ConfigChange, VersionId, VersionOrigin, VersionReads, VersionRef};

use super::stage::{DROP_IN, Stage, author, config_path, set, write};

#[tokio::test]
async fn edit_by_hand_is_shown_kept_and_becomes_a_version() {
    let stage = Stage::new().await;
    stage.change(&[set("app", "findtime", "123")]).await;
    let mut text = stage.text(DROP_IN).unwrap();
    text.push_str("# mine\nmaxretry = 7\n");
    stage.ground.configure(DROP_IN, &text);
    let agent = &stage.ground.agent;
    let seen = agent.config_state().await.unwrap();
    assert_eq!(seen.changed_outside, [config_path(DROP_IN)]);
    let diff = agent
        .config_diff(VersionRef::Version(VersionId(2)), VersionRef::Now)
        .await
        .unwrap();
    assert!(diff.files[0].diff.contains("+# mine"), "{diff:?}");
    // The next change keeps it, and what was found becomes a version of its own.
    stage.change(&[set("app", "findtime", "124")]).await;
    let now = stage.text(DROP_IN).unwrap();
    assert!(
        now.contains("# mine\nmaxretry = 7") && now.contains("findtime = 124"),
        "{now}"
    );
    let origins = async || -> Vec<VersionOrigin> {
        let versions = agent.config_versions(None, 10).await.unwrap();
        versions
            .items
            .iter()
            .map(|version| version.origin)
            .collect()
    };
    let known = [
        VersionOrigin::Applied,
        VersionOrigin::Outside,
        VersionOrigin::Applied,
        VersionOrigin::First,
    ];
    assert_eq!(origins().await, known);
    stage
        .ground
        .configure("jail.local", "[app]\nmaxretry = 8\n");
    let adopted = agent.config_adopt(&author("bob")).await.unwrap();
    assert_eq!(
        (adopted.origin, adopted.touched, adopted.author),
        (
            VersionOrigin::Outside,
            vec![config_path("jail.local")],
            author("bob")
        )
    );
    assert!(
        agent
            .config_state()
            .await
            .unwrap()
            .changed_outside
            .is_empty()
    );
    stage.end().await;
}

#[tokio::test]
async fn restored_version_brings_its_files_back() {
    let stage = Stage::new().await;
    let first = stage.files();
    stage
        .change(&[
            set("app", "findtime", "123"),
            write("jail.local", "[web]\nmaxretry = 9\n"),
        ])
        .await;
    stage.change(&[set("app", "findtime", "124")]).await;
    stage
        .change(&[ConfigChange::Restore {
            version: VersionId(2),
        }])
        .await;
    assert_eq!(stage.findtime("app").await, "123");
    assert!(stage.text("jail.local").is_some());
    stage
        .change(&[ConfigChange::Restore {
            version: VersionId(1),
        }])
        .await;
    assert_eq!(stage.files(), first);
    assert_eq!(stage.findtime("app").await, "600");
    let none = [ConfigChange::Restore {
        version: VersionId(99),
    }];
    let unknown = stage.ground.agent.config_plan(&none).await;
    assert_eq!(
        unknown,
        Err(domain::ConfigError::VersionNotFound(VersionId(99)))
    );
    stage.end().await;
}

#[tokio::test]
async fn versions_come_in_pages_and_old_ones_go() {
    let stage = Stage::with(crate::ground::lab().await, |config| AgentConfig {
        kept_versions: 3,
        ..config
    })
    .await;
    for findtime in ["101", "102", "103", "104"] {
        stage.change(&[set("app", "findtime", findtime)]).await;
    }
    let agent = &stage.ground.agent;
    let page = agent.config_versions(None, 2).await.unwrap();
    let ids: Vec<u64> = page.items.iter().map(|version| version.id.0).collect();
    assert_eq!((ids, page.next), (vec![5, 4], Some(VersionId(4))));
    let page = agent.config_versions(page.next, 2).await.unwrap();
    let ids: Vec<u64> = page.items.iter().map(|version| version.id.0).collect();
    assert_eq!((ids, page.next), (vec![3], None));
    // What is kept can still be read, every byte of it.
    stage
        .change(&[ConfigChange::Restore {
            version: VersionId(4),
        }])
        .await;
    assert_eq!(stage.findtime("app").await, "103");
    stage.end().await;
}

#[tokio::test]
async fn archive_has_all_files_and_a_masked_one_has_no_secrets() {
    let stage = Stage::new().await;
    stage
        .ground
        .configure("jail.local", "[DEFAULT]\n# api_token = s3cr3t\n");
    let read = |bytes: Vec<u8>| {
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
        let mut files = std::collections::BTreeMap::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().display().to_string();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            files.insert(name, text);
        }
        files
    };
    let agent = &stage.ground.agent;
    let whole = read(agent.config_archive(false).await.unwrap());
    assert_eq!(
        whole["fail2ban/jail.local"],
        "[DEFAULT]\n# api_token = s3cr3t\n"
    );
    assert_eq!(
        whole["fail2ban/jail.conf"],
        stage.text("jail.conf").unwrap()
    );
    assert!(!whole.contains_key("facts.json"));
    let masked = read(agent.config_archive(true).await.unwrap());
    assert!(masked.values().all(|text| !text.contains("s3cr3t")));
    assert!(masked["facts.json"].contains("\"app\""));
    assert!(masked["versions.json"].contains("first"));
    stage.end().await;
}

#[tokio::test]
async fn agent_without_a_state_folder_plans_and_refuses_to_apply() {
    let stage = Stage::with(crate::ground::lab().await, |config| AgentConfig {
        state_dir: None,
        ..config
    })
    .await;
    let result = stage.apply(&[set("app", "findtime", "123")]).await;
    assert!(
        matches!(result, Err(domain::ConfigError::Files { .. })),
        "{result:?}"
    );
    assert_eq!(stage.text(DROP_IN), None);
    stage.end().await;
}
