//! A load that is killed leaves in force what was.
use std::{
    process::{Command, Stdio},
    sync::Arc,
};

use firewall::{Backend, Content, Place, Table};

use crate::{
    ground::{
        BAD,
        Fate::{Delivered, Dropped},
        GOOD, Ground, blocking, until,
    },
    loading::many,
};

/// Where the process that is killed finds the namespace.
const NAMESPACE: &str = "FIREWALL_TEST_NAMESPACE";

fn larger() -> Content {
    let mut content = blocking(&[]);
    content.blocked = many(200_000, false);
    content.blocked.push("192.0.2.7/32".parse().unwrap());
    content.blocked.sort();
    content
}

#[tokio::test]
async fn killed_load_leaves_the_old_set_and_its_leftovers_go_with_the_next() {
    let ground = Ground::make(Backend::Nftables).await;
    let old = blocking(&["198.51.100.7/32"]);
    ground.load(old.clone()).await;
    for killed in 1..=3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::loads_until_it_is_killed", "--ignored"])
            .env(NAMESPACE, ground.host.file())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let sets = || ground.host.run("nft -t list sets");
        let new = format!("blocked4_32_{}", killed + 1);
        let begun = async || sets().contains(&new);
        until("the load has begun", begun).await;
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(sets().contains(&new));
        let state = ground.table.state().await.unwrap().unwrap();
        assert_eq!(
            (state.generation, state.hash),
            (1, old.hash()),
            "the load was killed too late"
        );
        assert_eq!(
            ground.table.verify(Arc::new(old.clone())).await.unwrap(),
            []
        );
        ground
            .assert_fates(&[(BAD, Dropped), (GOOD, Delivered)])
            .await;
    }
    ground.load(larger()).await;
    ground
        .assert_fates(&[(BAD, Delivered), (GOOD, Dropped)])
        .await;
    let sets = ground.host.run("nft -t list sets");
    let mut blocked = sets.lines().filter(|line| line.contains("set blocked"));
    assert!(blocked.all(|line| line.contains("_5 {")), "{sets}");
}

#[tokio::test]
#[ignore = "a part of the test above, in a process that is killed"]
async fn loads_until_it_is_killed() {
    let place = Place::namespace(std::env::var_os(NAMESPACE).unwrap().into());
    let table = Table::find(place, "bangui".parse().unwrap()).await.unwrap();
    let content = Arc::new(larger());
    // One load ends before it can be killed; this one does not end.
    table.load(content).await.unwrap();
}
