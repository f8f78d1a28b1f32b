//! A flood of packets during many loads: not one is let through or dropped against the list.
use std::{
    net::{IpAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use firewall::{Backend, Content};

use crate::{
    ground::{BAD, GOOD, Ground, HOST, any, ban, packets_of, until},
    loading::many,
};

crate::with_each_backend!(loads_under_a_flood_never_give_a_wrong_verdict);

/// How many loads there are during the flood.
const LOADS: u32 = 60;

#[derive(Default)]
struct Flood {
    over: AtomicBool,
    /// Of each sender.
    sent: AtomicU64,
    heard_of_bad: AtomicU64,
    heard_of_good: AtomicU64,
}

/// Both senders in turn.
fn send(senders: &[UdpSocket; 2], flood: &Flood) {
    while !flood.over.load(Ordering::Relaxed) {
        for sender in senders {
            // A full queue is no packet sent.
            while sender.send_to(b"flood", HOST).is_err() {}
        }
        flood.sent.fetch_add(1, Ordering::Relaxed);
    }
}

fn hear(receiver: &UdpSocket, flood: &Flood) {
    let bad: IpAddr = BAD.parse().unwrap();
    while !flood.over.load(Ordering::Relaxed) {
        let Ok((_, sender)) = receiver.recv_from(&mut [0; 5]) else {
            std::thread::yield_now();
            continue;
        };
        let heard = if sender.ip() == bad {
            &flood.heard_of_bad
        } else {
            &flood.heard_of_good
        };
        heard.fetch_add(1, Ordering::Relaxed);
    }
}

fn content(number: u32) -> Content {
    let mut blocked = many(2_000 + number % 7, false);
    // Once as a single address, once within a network.
    let bad = if number.is_multiple_of(2) {
        "198.51.100.7/32"
    } else {
        "198.51.100.0/24"
    };
    blocked.push(bad.parse().unwrap());
    Content {
        blocked,
        bans: vec![ban("203.0.113.77/32", None)],
        ..Content::default()
    }
}

async fn loads_under_a_flood_never_give_a_wrong_verdict(backend: Backend) {
    let ground = Ground::make(backend).await;
    ground.load(content(0)).await;
    let receiver = ground.host.udp(any(HOST));
    let senders = [BAD, GOOD].map(|sender| ground.outside.udp(&format!("{sender}:0")));
    let flood = Arc::new(Flood::default());
    let (sending, hearing) = (Arc::clone(&flood), Arc::clone(&flood));
    let threads = [
        std::thread::spawn(move || send(&senders, &sending)),
        std::thread::spawn(move || hear(&receiver, &hearing)),
    ];
    for number in 1..=LOADS {
        let (sent, heard) = (
            flood.sent.load(Ordering::Relaxed),
            flood.heard_of_good.load(Ordering::Relaxed),
        );
        assert!(ground.load(content(number)).await.changed);
        // The flood went on meanwhile.
        let goes_on = async || {
            flood.sent.load(Ordering::Relaxed) > sent
                && flood.heard_of_good.load(Ordering::Relaxed) > heard
        };
        until("the flood goes on", goes_on).await;
    }
    flood.over.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().unwrap();
    }
    let sent = flood.sent.load(Ordering::Relaxed);
    let bad: IpAddr = BAD.parse().unwrap();
    let counted = async || packets_of(&ground.table.hits().await.unwrap(), bad) >= sent;
    until("all packets of the flood are counted", counted).await;
    let hits = ground.table.hits().await.unwrap();
    assert_eq!(
        flood.heard_of_bad.load(Ordering::Relaxed),
        0,
        "packets of a listed address came through"
    );
    assert_eq!(
        hits.by_address.len(),
        1,
        "packets of an address that is not listed were dropped"
    );
    assert_eq!(
        (packets_of(&hits, bad), hits.incoming.packets),
        (sent, sent)
    );
    println!("{backend:?}: {LOADS} loads, {sent} packets of each sender, no wrong verdict");
}
