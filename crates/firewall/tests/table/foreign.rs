//! A table of somebody else's that has the name by chance.
use firewall::{Backend, TableError};

use crate::ground::{BAD, Fate::Delivered, Fate::Dropped, GOOD, Ground, ban, blocking, nets};

const FOREIGN: &str = "table inet bangui {
    set blocked4 { type ipv4_addr; elements = { 192.0.2.7 } }
    set banned4_32 { type ipv4_addr; elements = { 192.0.2.8 } }
    chain prerouting { type filter hook prerouting priority -150; ip saddr @blocked4 counter drop; }
}";

#[tokio::test]
async fn table_that_somebody_else_made_is_refused_and_stays_as_it_is() {
    let ground = Ground::make(Backend::Nftables).await;
    ground.host.nft(FOREIGN);
    let before = ground.host.run("nft -s list ruleset");
    let content = || blocking(&["198.51.100.0/24"]).into();
    let refused = [
        ground.table.load(content()).await.map(|_| ()),
        ground.table.repair(content()).await.map(|_| ()),
        ground.table.ban(&[ban("198.51.100.7/32", None)]).await,
        ground.table.allow(&nets(&["192.0.2.0/24"])).await,
        ground.table.remove().await.map(|_| ()),
    ];
    for refused in refused {
        let error = refused.unwrap_err();
        assert!(matches!(&error, TableError::Foreign { table } if table == "bangui"));
        assert!(error.to_string().contains("nft delete table inet bangui"));
    }
    assert_eq!(ground.host.run("nft -s list ruleset"), before);
    assert_eq!(ground.table.state().await.unwrap(), None);
}

#[tokio::test]
async fn empty_table_of_the_name_is_used() {
    let ground = Ground::make(Backend::Nftables).await;
    ground.host.nft("add table inet bangui");
    ground.load(blocking(&["198.51.100.0/24"])).await;
    ground
        .assert_fates(&[(BAD, Dropped), (GOOD, Delivered)])
        .await;
}

#[tokio::test]
async fn own_table_whose_rules_were_all_flushed_is_laid_out_anew() {
    let ground = Ground::make(Backend::Nftables).await;
    ground.load(blocking(&["198.51.100.0/24"])).await;
    ground.host.nft("flush table inet bangui");
    ground.load(blocking(&["198.51.100.0/24"])).await;
    ground
        .assert_fates(&[(BAD, Dropped), (GOOD, Delivered)])
        .await;
}
