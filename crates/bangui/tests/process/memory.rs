use std::thread;

use crate::{
    ground::{Ground, until},
    http::{Browser, credentials},
};

/// Less than one hash takes (19 MiB): the rest are threads and what they keep.
const MOST_KEPT_KIB: u64 = 12 * 1024;

#[test]
fn memory_of_many_sign_ins_at_once_goes_back_to_the_system() {
    let ground = Ground::new();
    let server = ground.serve();
    let browser = Browser::set_up(server.address);
    let before = server.resident_kib();
    let people = [(); 4].map(|()| {
        let browser = browser.clone();
        thread::spawn(move || browser.post("/api/v1/session", &credentials()).status)
    });
    for status in people.map(|person| person.join().unwrap()) {
        assert_eq!(status, 201);
    }
    until("the memory of the hashes is given back", || {
        server.resident_kib() < before + MOST_KEPT_KIB
    });
}
