//! Networks at the ends of the addresses, and such that touch: what the kernel itself finds.
use std::net::IpAddr;

use firewall::{Backend, Where};
use ipnet::IpNet;

use crate::ground::{Ground, blocking};

crate::with_each_backend!(
    networks_at_the_ends_of_the_addresses_are_held_to_the_last_address,
    single_network_of_all_addresses_is_held,
    networks_that_touch_are_held_without_gap_or_excess,
);

async fn assert_held(ground: &Ground, networks: &[&str]) {
    let content = blocking(networks);
    let blocked: Vec<IpNet> = content.blocked.clone();
    ground.load(content.clone()).await;
    for network in &blocked {
        let (first, last) = (network.network(), network.broadcast());
        let near = [Some(first), Some(last), before(first), after(last)];
        for address in near.into_iter().flatten() {
            let listed = blocked.iter().any(|network| network.contains(&address));
            let held = ground.table.holds(address).await.unwrap();
            let expected: &[Where] = if listed { &[Where::Blocked] } else { &[] };
            assert_eq!(held, expected, "{address} in {networks:?}");
        }
    }
    assert_eq!(ground.table.verify(content.into()).await.unwrap(), []);
}

fn before(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(v4) => Some(IpAddr::V4(v4.to_bits().checked_sub(1)?.into())),
        IpAddr::V6(v6) => Some(IpAddr::V6(v6.to_bits().checked_sub(1)?.into())),
    }
}

fn after(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(v4) => Some(IpAddr::V4(v4.to_bits().checked_add(1)?.into())),
        IpAddr::V6(v6) => Some(IpAddr::V6(v6.to_bits().checked_add(1)?.into())),
    }
}

async fn networks_at_the_ends_of_the_addresses_are_held_to_the_last_address(backend: Backend) {
    let ground = Ground::make(backend).await;
    let v6_last = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128";
    assert_held(&ground, &["255.255.255.255/32", v6_last]).await;
    assert_held(
        &ground,
        &[
            "0.0.0.0/31",
            "255.255.255.254/31",
            "::/127",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127",
        ],
    )
    .await;
    assert_held(&ground, &["0.0.0.0/8", "240.0.0.0/4", "::/8", "ff00::/8"]).await;
}

async fn single_network_of_all_addresses_is_held(backend: Backend) {
    let ground = Ground::make(backend).await;
    assert_held(&ground, &["0.0.0.0/0", "::/0"]).await;
    assert_held(&ground, &["128.0.0.0/1", "8000::/1"]).await;
    assert_held(&ground, &["0.0.0.0/1", "::/1"]).await;
}

async fn networks_that_touch_are_held_without_gap_or_excess(backend: Backend) {
    let ground = Ground::make(backend).await;
    let networks = [
        "198.51.100.1/32",
        "198.51.100.2/31",
        "198.51.100.4/30",
        "198.51.100.12/30",
        "198.51.100.16/28",
        "198.51.100.33/32",
        "198.51.100.64/26",
        "198.51.100.128/25",
        "2001:db8::1/128",
        "2001:db8::2/127",
        "2001:db8::4/126",
        "2001:db8::9/128",
        "2001:db8::c/126",
        "2001:db8::10/124",
    ];
    assert_held(&ground, &networks).await;
}
