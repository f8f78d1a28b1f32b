//! Two ways of holding a table: one is chosen, and what the other still holds goes.
use firewall::{Backend, Table};

use crate::ground::{
    BAD,
    Fate::{Delivered, Dropped},
    GOOD, Ground, blocking,
};

/// What is held the other way, as its own programs list it.
fn sets(ground: &Ground) -> String {
    ground.host.run("ipset list -name")
}

async fn chosen(ground: &Ground) -> Table {
    let name = "bangui".parse().unwrap();
    Table::find(ground.host.place(), name).await.unwrap()
}

#[tokio::test]
async fn load_by_nftables_removes_what_ipset_held() {
    let mut ground = Ground::make(Backend::Ipset).await;
    ground.host.run("ipset create f2b-sshd hash:ip");
    ground.load(blocking(&["198.51.100.0/24"])).await;
    ground.assert_fates(&[(BAD, Dropped)]).await;

    let table = chosen(&ground).await;
    assert_eq!(table.backend(), Backend::Nftables);
    assert!(table.is_held_otherwise().await.unwrap());
    ground.table = table;
    ground.load(blocking(&["192.0.2.7/32"])).await;
    assert_eq!(sets(&ground).trim(), "f2b-sshd");
    assert!(
        !ground
            .host
            .run("iptables-save -t mangle")
            .contains("BANGUI")
    );
    assert!(!ground.table.is_held_otherwise().await.unwrap());
    ground
        .assert_fates(&[(BAD, Delivered), (GOOD, Dropped)])
        .await;
}

#[tokio::test]
async fn load_by_ipset_removes_what_nftables_held() {
    let mut ground = Ground::make(Backend::Nftables).await;
    ground.load(blocking(&["198.51.100.0/24"])).await;
    let (place, name) = (ground.host.place(), "bangui".parse().unwrap());
    ground.table = Table::with(place, name, Backend::Ipset).await.unwrap();
    assert!(ground.table.is_held_otherwise().await.unwrap());
    ground.load(blocking(&["192.0.2.7/32"])).await;
    let tables = ground.host.run("nft list tables");
    assert!(!tables.contains("inet bangui"), "{tables}");
    ground
        .assert_fates(&[(BAD, Delivered), (GOOD, Dropped)])
        .await;
}

#[tokio::test]
async fn removal_takes_what_is_held_either_way() {
    let ground = Ground::make(Backend::Ipset).await;
    ground.load(blocking(&["198.51.100.0/24"])).await;
    let table = chosen(&ground).await;
    assert!(table.remove().await.unwrap());
    assert_eq!(sets(&ground).trim(), "");
    assert!(!table.remove().await.unwrap());
}
