use std::{hint::black_box, time::Instant};

use super::*;
use crate::supplied::tests::{map, mmdb, text};

fn country_file(code: &str) -> Vec<u8> {
    mmdb(
        "Mine",
        6,
        &[("192.0.2.0/24", map([("country_code", text(code))]))],
    )
}

fn country(geo: &Geo) -> Option<String> {
    let place = geo.place("192.0.2.1".parse().unwrap());
    place.country.map(|code| code.to_string())
}

/// Puts a file in its place whole, as people and programs do.
fn put(folder: &Path, name: &str, content: &[u8]) {
    let half = folder.join("being-copied");
    fs::write(&half, content).unwrap();
    fs::rename(half, folder.join(name)).unwrap();
}

#[tokio::test]
async fn supplied_file_wins_is_replaced_whole_and_goes() {
    let folder = tempfile::tempdir().unwrap();
    let geo = Geo::new(Some(folder.path().join("geo")));
    geo.refresh().await;
    assert_eq!(country(&geo), None);
    fs::create_dir(folder.path().join("geo")).unwrap();
    put(&folder.path().join("geo"), "mine.mmdb", &country_file("DE"));
    assert_eq!(geo.refresh().await, 1);
    assert_eq!(country(&geo).as_deref(), Some("DE"));
    assert_eq!(geo.refresh().await, 0, "nothing has changed");
    put(&folder.path().join("geo"), "mine.mmdb", &country_file("FR"));
    assert_eq!(geo.refresh().await, 1);
    assert_eq!(country(&geo).as_deref(), Some("FR"));
    fs::remove_file(folder.path().join("geo/mine.mmdb")).unwrap();
    assert_eq!(geo.refresh().await, 1);
    assert_eq!(country(&geo), None);
    assert!(!geo.sources()[0].supplied);
}

#[tokio::test]
async fn supplied_file_that_becomes_unreadable_leaves_the_old_data_in_use_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "mine.mmdb", &country_file("DE"));
    let geo = Geo::new(Some(folder.path().to_owned()));
    geo.refresh().await;
    assert_eq!(geo.sources()[0].problem, None);
    let whole = country_file("FR");
    put(folder.path(), "mine.mmdb", &whole[..whole.len() / 2]);
    geo.refresh().await;
    assert_eq!(country(&geo).as_deref(), Some("DE"));
    let source = &geo.sources()[0];
    assert!(source.supplied);
    assert!(
        source.problem.as_ref().unwrap().starts_with("mine.mmdb: "),
        "{source:?}"
    );
    put(folder.path(), "mine.mmdb", &whole);
    geo.refresh().await;
    assert_eq!(country(&geo).as_deref(), Some("FR"));
    assert_eq!(geo.sources()[0].problem, None);
}

#[tokio::test]
async fn supplied_file_that_was_never_readable_is_told_of_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "GeoLite2-ASN.mmdb", b"not a database");
    put(folder.path(), "notes.txt", b"not looked at");
    let geo = Geo::new(Some(folder.path().to_owned()));
    geo.refresh().await;
    let sources = geo.sources();
    assert_eq!(sources[0].problem, None);
    let problem = sources[1].problem.as_ref().unwrap();
    assert!(
        problem.starts_with("GeoLite2-ASN.mmdb: it is not a complete"),
        "{problem}"
    );
}

#[tokio::test]
async fn what_comes_with_the_program_is_known_at_once() {
    let geo = Geo::new(None);
    let place = geo.place("193.0.6.139".parse().unwrap());
    assert_eq!(place.country.unwrap().as_str(), "NL");
    let known = geo.sources()[1].ranges > 0;
    assert_eq!(place.asn, known.then_some(Asn(3333)));
    assert_eq!(geo.network_name(Asn(3333)).is_some(), known);
    geo.refresh().await;
    geo.ready().await;
}

/// Printed; the limit is far above what an optimised build takes, so that it holds on a busy machine too.
#[tokio::test]
async fn look_ups_of_any_addresses_take_less_than_some_microseconds() {
    let geo = Geo::new(None);
    geo.refresh().await;
    let mut state = 42_u128;
    let mut next = || {
        state = state
            .wrapping_mul(0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645)
            .wrapping_add(1);
        state >> 64
    };
    for (family, addresses) in [
        (
            "IPv4",
            (0..100_000)
                .map(|_| IpAddr::V4(u32::try_from(next() >> 32).unwrap().into()))
                .collect::<Vec<_>>(),
        ),
        // Where addresses are given out, 2000::/3.
        (
            "IPv6",
            (0..100_000)
                .map(|_| IpAddr::V6((0x2 << 124 | next() << 64).into()))
                .collect(),
        ),
    ] {
        let begin = Instant::now();
        for address in &addresses {
            black_box(geo.place(*address));
        }
        let each = begin.elapsed() / u32::try_from(addresses.len()).unwrap();
        println!("{family}: {each:?} for country and network of an address");
        assert!(each.as_micros() < 50, "{each:?}");
    }
}
