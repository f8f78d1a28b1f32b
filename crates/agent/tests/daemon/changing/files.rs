//! What applying does to files.
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use agent::ApplyPoint;
use domain::{ConfigActs, ConfigError, VersionReads};

use super::stage::{DROP_IN, Stage, command, config_path, set, write};

#[tokio::test]
async fn plan_on_files_that_changed_since_is_refused_with_their_names() {
    let stage = Stage::new().await;
    let changes = [set("app", "findtime", "123")];
    let plan = stage.plan(&changes).await;
    stage
        .ground
        .configure("jail.local", "[app]\nmaxretry = 4\n");
    let result = stage
        .ground
        .agent
        .config_apply(&command(&changes, &plan))
        .await;
    assert_eq!(
        result,
        Err(ConfigError::Changed {
            files: vec![config_path("jail.local")]
        })
    );
    assert_eq!(stage.text(DROP_IN), None);
    stage.end().await;
}

#[tokio::test]
async fn file_that_somebody_edits_while_it_is_written_is_left_alone() {
    let stage = Stage::new().await;
    let drop_in = stage.ground.configure(DROP_IN, "[app]\nmaxretry = 4\n");
    let edited = drop_in.clone();
    stage.at(move |point| {
        if *point == ApplyPoint::Begins(domain::ApplyStep::Write) {
            std::fs::write(&edited, "[app]\nmaxretry = 9\n").unwrap();
        }
    });
    let result = stage.apply(&[set("app", "findtime", "123")]).await;
    assert_eq!(
        result,
        Err(ConfigError::Changed {
            files: vec![config_path(DROP_IN)]
        })
    );
    assert_eq!(
        std::fs::read_to_string(&drop_in).unwrap(),
        "[app]\nmaxretry = 9\n"
    );
    stage.end().await;
}

#[tokio::test]
async fn owner_and_mode_stay_and_a_link_stays_a_link() {
    let stage = Stage::new().await;
    let real = stage.path("managed");
    std::fs::write(&real, "# by hand\n[app]\nmaxretry = 4 ; why\n").unwrap();
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    let owner = if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&real, Some(1), Some(2)).unwrap();
        (1, 2)
    } else {
        let found = std::fs::metadata(&real).unwrap();
        (found.uid(), found.gid())
    };
    symlink("../managed", stage.path(DROP_IN)).unwrap();
    stage.change(&[set("app", "findtime", "123")]).await;
    assert!(stage.path(DROP_IN).is_symlink());
    let found = std::fs::metadata(&real).unwrap();
    assert_eq!(
        (found.uid(), found.gid(), found.mode() & 0o777),
        (owner.0, owner.1, 0o640)
    );
    assert_eq!(
        std::fs::read_to_string(&real).unwrap(),
        "# by hand\n[app]\nmaxretry = 4 ; why\nfindtime = 123\n"
    );
    stage.end().await;
}

#[tokio::test]
async fn link_that_leads_out_of_the_folder_is_refused() {
    let stage = Stage::new().await;
    let outside = stage.ground.lab.folder().join("outside");
    std::fs::write(&outside, "[app]\nmaxretry = 4\n").unwrap();
    symlink(&outside, stage.path(DROP_IN)).unwrap();
    let changes = [set("app", "findtime", "123")];
    let refused = stage.ground.agent.config_plan(&changes).await;
    assert!(
        matches!(refused, Err(ConfigError::Files { .. })),
        "{refused:?}"
    );
    stage.end().await;
}

#[tokio::test]
async fn file_that_cannot_be_read_is_told_with_a_remedy_and_nothing_is_changed() {
    let stage = Stage::new().await;
    // Root reads what nobody may read; a folder in the place of a file not even root can.
    std::fs::create_dir_all(stage.path(DROP_IN)).unwrap();
    let before = stage.files();
    let result = stage
        .ground
        .agent
        .config_plan(&[set("app", "findtime", "123")])
        .await;
    let Err(ConfigError::Files { path, remedy, .. }) = result else {
        panic!("not refused: {result:?}");
    };
    assert!(path.contains("zz-bangui.local"), "{path}");
    assert!(!remedy.is_empty());
    assert_eq!(stage.files(), before);
    assert_eq!(stage.ground.running().await, ["app", "web"]);
    stage.end().await;
}

#[tokio::test]
async fn file_that_is_not_utf8_is_no_obstacle_and_is_not_edited_by_forms() {
    let stage = Stage::new().await;
    std::fs::write(stage.path("jail.d/bytes.local"), b"# \xff\xfe\n").unwrap();
    std::fs::write(
        stage.path("filter.d/lab-extra-0.local"),
        b"[Definition]\n# \xff\n",
    )
    .unwrap();
    let filter = domain::ConfigChange::Set {
        item: super::stage::item(domain::ConfigItemKind::Filter, "lab-extra-0"),
        section: None,
        option: "maxlines".parse().unwrap(),
        value: "2".to_owned(),
    };
    let refused = stage
        .ground
        .agent
        .config_plan(&[set("app", "findtime", "5"), filter])
        .await;
    let Err(ConfigError::BadChange { change, detail }) = refused else {
        panic!("not refused: {refused:?}");
    };
    assert_eq!(change, 1);
    assert!(detail.contains("line 2"), "{detail}");
    stage.end().await;
}

#[tokio::test]
async fn text_of_a_megabyte_is_written_whole() {
    let stage = Stage::new().await;
    let mut text = String::from("[app]\nfindtime = 123\n");
    while text.len() < 1 << 20 {
        text.push_str("# and another line that says nothing at all\n");
    }
    stage.change(&[write("jail.local", &text)]).await;
    assert_eq!(stage.text("jail.local").unwrap(), text);
    assert_eq!(stage.findtime("app").await, "123");
    stage.end().await;
}

#[tokio::test]
async fn folder_that_is_missing_is_made() {
    let stage = Stage::new().await;
    let folder = stage.path("fail2ban.d");
    if folder.is_dir() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    stage
        .change(&[write(
            "fail2ban.d/zz-bangui.local",
            "[Definition]\ndbpurgeage = 2d\n",
        )])
        .await;
    assert!(folder.is_dir());
    stage.end().await;
}

#[tokio::test]
async fn temporary_files_of_a_death_are_taken_away_at_the_next_change() {
    let stage = Stage::new().await;
    let left = stage.path("jail.d/.zz-bangui.local.bangui-new");
    std::fs::write(&left, "half").unwrap();
    stage.change(&[set("app", "findtime", "123")]).await;
    assert!(!left.exists());
    let seen = stage.ground.agent.config_state().await.unwrap();
    assert!(seen.changed_outside.is_empty());
    stage.end().await;
}
