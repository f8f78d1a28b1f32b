//! What is said about a table that this crate holds itself.
use std::sync::Arc;

use firewall::{
    Backend, Content, Table,
    truth::{
        Outcome::{Blocked, NotBlocked},
        Path::{Forwarded, HostInput, PublishedPort},
    },
};
use ipnet::IpNet;

use crate::{
    expected::{BAD, BAD_V6, INNER, NEAR, OTHER, OTHER_V6, try_out},
    ground::Ground,
};

fn nets(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

async fn own_table_is_told_right(backend: Backend) {
    let ground = Ground::make();
    let table = Table::with(ground.host.place(), "own".parse().unwrap(), backend);
    let table = table.await.unwrap();
    let content = Content {
        blocked: nets(&[
            "10.8.0.0/15",
            "198.51.100.7/32",
            "203.0.113.0/24",
            "2001:db8:bad::/48",
        ]),
        allowed: nets(&["203.0.113.64/27"]),
        established_stay: true,
        ..Content::default()
    };
    table.load(Arc::new(content)).await.unwrap();
    ground.host.nft(
        "table ip engine {
            chain published { type nat hook prerouting priority dstnat; tcp dport 8080 dnat to 10.7.7.2:80; }
        }",
    );
    let expected = [
        (BAD, HostInput, Blocked, "everything"),
        (BAD, Forwarded, Blocked, "everything"),
        (BAD, PublishedPort, Blocked, "tcp 8080"),
        (INNER, HostInput, Blocked, "everything"),
        (NEAR, PublishedPort, NotBlocked, "nothing"),
        (OTHER, HostInput, NotBlocked, "nothing"),
        (BAD_V6, Forwarded, Blocked, "everything"),
        (OTHER_V6, Forwarded, NotBlocked, "nothing"),
    ];
    try_out(&ground, &[], &expected).await;
}

#[tokio::test]
async fn own_table_of_nftables_is_told_right() {
    own_table_is_told_right(Backend::Nftables).await;
}

#[tokio::test]
async fn own_table_of_ipset_is_told_right() {
    own_table_is_told_right(Backend::Ipset).await;
}
