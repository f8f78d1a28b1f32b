//! Lists and the allowlist.
use domain::{
    AllowEntry, AllowSubject, AuditAction, BlockDirection, BlockTarget, Blocklist, BlocklistId,
    BlocklistSettings, GuardReason, HostId, ImportOutcome, ImportRun, JunkExample, LeftOut,
    ListTry, NewAllowEntry, ProtectedNetwork, Storage, TakenCopy, TaskCause, WaitReason, Why,
    WhyCode,
};
use ipnet::IpNet;

use super::make;

fn settings(name: &str) -> BlocklistSettings {
    BlocklistSettings {
        name: name.parse().unwrap(),
        url: format!("https://lists.example/{name}"),
        allow_http: false,
        every_seconds: 3600,
        enabled: true,
        target: BlockTarget::Firewall,
        direction: BlockDirection::In,
        note: "of a friend".parse().unwrap(),
    }
}

async fn add(storage: &dyn Storage, settings: &BlocklistSettings) -> Option<BlocklistId> {
    let entry = make::entry(AuditAction::BlocklistAdded, 10_000);
    let writes = storage.blocking_writes();
    writes.add_blocklist(settings, &entry).await.unwrap()
}

async fn list(storage: &dyn Storage, id: BlocklistId) -> Blocklist {
    storage.blocking().blocklist(id).await.unwrap().unwrap()
}

fn nets(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn run(list: BlocklistId, millis: i64, outcome: ImportOutcome) -> ImportRun {
    ImportRun::of_nothing(list, make::at(millis), 7, TaskCause::Schedule, outcome)
}

fn tried(list: BlocklistId, millis: i64, networks: &[&str], waits: Option<WaitReason>) -> ListTry {
    let outcome = waits.map_or(ImportOutcome::Taken, ImportOutcome::Waits);
    ListTry {
        url: "https://lists.example/drop".to_owned(),
        run: run(list, millis, outcome),
        failures: 0,
        next_at: make::at(millis + 3_600_000),
        copy: Some(TakenCopy {
            networks: nets(networks),
            waits,
            etag: Some("\"1\"".to_owned()),
            last_modified: None,
            content: [7; 32],
        }),
    }
}

async fn keep(storage: &dyn Storage, tried: &ListTry) {
    assert!(storage.blocking_writes().keep_try(tried).await.unwrap());
}

pub(crate) async fn list_added_is_read_back_as_it_was(storage: &dyn Storage) {
    let first = settings("b");
    let second = BlocklistSettings {
        allow_http: true,
        enabled: false,
        target: BlockTarget::Jail("blocklist".parse().unwrap()),
        direction: BlockDirection::InAndOut,
        ..settings("a")
    };
    let first_id = add(storage, &first).await.unwrap();
    let second_id = add(storage, &second).await.unwrap();
    let lists = storage.blocking().blocklists().await.unwrap();
    let named: Vec<_> = lists.iter().map(|list| (list.id, &list.settings)).collect();
    assert_eq!(named, [(second_id, &second), (first_id, &first)]);
    assert_eq!(lists[0].created_at, make::at(10_000));
    assert_eq!((lists[0].copy, lists[0].waiting), (None, None));
    assert_eq!((lists[0].failures, lists[0].next_at), (0, None));
    assert_eq!(make::times(storage, AuditAction::BlocklistAdded).await, 2);
}

pub(crate) async fn list_of_a_name_that_is_taken_is_not_added_nor_changed(storage: &dyn Storage) {
    add(storage, &settings("drop")).await.unwrap();
    let other = add(storage, &settings("other")).await.unwrap();
    assert_eq!(add(storage, &settings("DROP")).await, None);
    let entry = make::entry(AuditAction::BlocklistChanged, 11_000);
    let writes = storage.blocking_writes();
    for (name, is_free) in [("Drop", false), ("Other", true)] {
        let settings = settings(name);
        let change = writes.change_blocklist(other, &settings, &entry);
        assert_eq!(change.await.unwrap(), is_free, "{name}");
    }
    assert_eq!(make::times(storage, AuditAction::BlocklistAdded).await, 2);
    assert_eq!(make::times(storage, AuditAction::BlocklistChanged).await, 1);
}

pub(crate) async fn list_changed_to_another_address_forgets_its_content(storage: &dyn Storage) {
    let id = add(storage, &settings("drop")).await.unwrap();
    keep(storage, &tried(id, 20_000, &["198.51.100.0/24"], None)).await;
    let entry = make::entry(AuditAction::BlocklistChanged, 21_000);
    let writes = storage.blocking_writes();
    let disabled = BlocklistSettings {
        enabled: false,
        ..settings("drop")
    };
    assert!(
        writes
            .change_blocklist(id, &disabled, &entry)
            .await
            .unwrap()
    );
    let same = list(storage, id).await;
    assert_eq!(
        (same.content, same.etag.as_deref()),
        (Some([7; 32]), Some("\"1\""))
    );
    assert_eq!(same.next_at, Some(make::at(3_620_000)));
    let elsewhere = BlocklistSettings {
        url: "https://elsewhere.example/".to_owned(),
        ..settings("drop")
    };
    assert!(
        writes
            .change_blocklist(id, &elsewhere, &entry)
            .await
            .unwrap()
    );
    let other = list(storage, id).await;
    assert_eq!(
        (other.content, other.etag, other.next_at),
        (None, None, None)
    );
    assert_eq!(other.copy.unwrap().networks, 1);
}

pub(crate) async fn list_removed_takes_its_copies_and_runs_along(storage: &dyn Storage) {
    let id = add(storage, &settings("drop")).await.unwrap();
    keep(storage, &tried(id, 20_000, &["198.51.100.0/24"], None)).await;
    let entry = make::entry(AuditAction::BlocklistRemoved, 21_000);
    let writes = storage.blocking_writes();
    assert!(writes.remove_blocklist(id, &entry).await.unwrap());
    assert!(!writes.remove_blocklist(id, &entry).await.unwrap());
    let reads = storage.blocking();
    assert_eq!(reads.blocklist(id).await.unwrap(), None);
    assert_eq!(reads.list_networks(id).await.unwrap(), []);
    assert_eq!(reads.import_runs(id, 10).await.unwrap(), []);
    assert_eq!(make::times(storage, AuditAction::BlocklistRemoved).await, 1);
}

pub(crate) async fn copy_taken_replaces_the_one_in_force(storage: &dyn Storage) {
    let id = add(storage, &settings("drop")).await.unwrap();
    keep(
        storage,
        &tried(id, 20_000, &["198.51.100.0/24", "2001:db8::/32"], None),
    )
    .await;
    let second = tried(id, 30_000, &["203.0.113.7/32"], None);
    keep(storage, &second).await;
    let now = list(storage, id).await;
    let copy = now.copy.unwrap();
    assert_eq!((copy.at, copy.networks), (make::at(30_000), 1));
    assert_eq!(now.next_at, Some(second.next_at));
    assert_eq!(now.last, Some(second.run));
    let networks = storage.blocking().list_networks(id).await.unwrap();
    assert_eq!(networks, nets(&["203.0.113.7/32"]));
}

pub(crate) async fn copy_that_waits_leaves_the_one_in_force_until_it_is_taken(
    storage: &dyn Storage,
) {
    let id = add(storage, &settings("drop")).await.unwrap();
    let long = ["198.51.100.0/24", "203.0.113.0/24"];
    keep(storage, &tried(id, 20_000, &long, None)).await;
    let short = ["203.0.113.7/32"];
    wait_for_each_reason(storage, id, &short).await;
    let reads = storage.blocking();
    let waiting = list(storage, id).await.waiting.unwrap();
    assert_eq!((waiting.networks, waiting.reason), (1, WaitReason::Shrank));
    assert_eq!(reads.list_networks(id).await.unwrap(), nets(&long));
    assert_eq!(reads.waiting_networks(id).await.unwrap(), nets(&short));
    let yes = run(id, 40_000, ImportOutcome::Confirmed);
    take_once(storage, waiting.id, &yes).await;
    assert_eq!(reads.list_networks(id).await.unwrap(), nets(&short));
    let now = list(storage, id).await;
    assert_eq!((now.waiting, now.last), (None, Some(yes)));
}

/// Each reason can be kept; the first of them stays.
async fn wait_for_each_reason(storage: &dyn Storage, id: BlocklistId, networks: &[&str]) {
    for reason in WaitReason::ALL.into_iter().rev() {
        keep(storage, &tried(id, 30_000, networks, Some(reason))).await;
        let waiting = list(storage, id).await.waiting.unwrap();
        assert_eq!(waiting.reason, reason);
    }
}

async fn take_once(storage: &dyn Storage, copy: i64, yes: &ImportRun) {
    let writes = storage.blocking_writes();
    let entry = make::entry(AuditAction::BlocklistConfirmed, 40_000);
    assert!(!writes.take_waiting(copy + 1, yes, &entry).await.unwrap());
    assert!(writes.take_waiting(copy, yes, &entry).await.unwrap());
    assert!(!writes.take_waiting(copy, yes, &entry).await.unwrap());
    let times = make::times(storage, AuditAction::BlocklistConfirmed).await;
    assert_eq!(times, 1);
}

pub(crate) async fn copy_refused_is_gone_and_its_content_forgotten(storage: &dyn Storage) {
    let id = add(storage, &settings("drop")).await.unwrap();
    keep(storage, &tried(id, 20_000, &["198.51.100.0/24"], None)).await;
    keep(storage, &tried(id, 30_000, &[], Some(WaitReason::Empty))).await;
    let entry = make::entry(AuditAction::BlocklistRefused, 40_000);
    let writes = storage.blocking_writes();
    let copy = list(storage, id).await.waiting.unwrap().id;
    assert!(!writes.drop_waiting(id, copy + 1, &entry).await.unwrap());
    assert!(writes.drop_waiting(id, copy, &entry).await.unwrap());
    assert!(!writes.drop_waiting(id, copy, &entry).await.unwrap());
    let now = list(storage, id).await;
    assert_eq!((now.waiting, now.content, now.etag), (None, None, None));
    assert_eq!(now.copy.unwrap().networks, 1);
}

pub(crate) async fn try_of_a_list_that_is_gone_is_not_kept(storage: &dyn Storage) {
    let tried = tried(BlocklistId(99), 20_000, &["198.51.100.0/24"], None);
    assert!(!storage.blocking_writes().keep_try(&tried).await.unwrap());
}

/// A run of which everything is told.
fn whole_run(id: BlocklistId) -> ImportRun {
    ImportRun {
        cause: TaskCause::Person(make::name("root")),
        bytes: 1,
        parsed: 2,
        masked: 3,
        junk: 4,
        junk_examples: vec![JunkExample {
            line: 5,
            text: "\u{202e}<b>".to_owned(),
        }],
        too_wide: 6,
        special: 7,
        subtracted: 8,
        left_out: LeftOut {
            subtracted: vec![ProtectedNetwork {
                reason: GuardReason::Gateway,
                network: "45.10.0.1/32".parse().unwrap(),
            }],
            special: nets(&["10.0.0.0/8", "fc00::/7"]),
            too_wide: nets(&["0.0.0.0/1"]),
        },
        networks: 9,
        added: 10,
        removed: u64::MAX,
        ..run(id, 103, ImportOutcome::Unchanged)
    }
}

pub(crate) async fn runs_are_read_back_newest_first_and_the_last_hundred_are_kept(
    storage: &dyn Storage,
) {
    let id = add(storage, &settings("drop")).await.unwrap();
    let other = add(storage, &settings("other")).await.unwrap();
    let of_other = ListTry {
        url: "https://lists.example/other".to_owned(),
        ..tried(other, 1000, &[], None)
    };
    keep(storage, &of_other).await;
    for number in 0..103 {
        let failed = ImportOutcome::Failed {
            problem: Why::unnamed("the server did not answer"),
        };
        let tried = ListTry {
            url: "https://lists.example/drop".to_owned(),
            run: run(id, number, failed),
            failures: 1,
            next_at: make::at(number),
            copy: None,
        };
        keep(storage, &tried).await;
    }
    let whole = whole_run(id);
    let last = ListTry {
        url: "https://lists.example/drop".to_owned(),
        run: whole.clone(),
        failures: 0,
        next_at: make::at(104),
        copy: None,
    };
    keep(storage, &last).await;
    let runs = storage.blocking().import_runs(id, 1000).await.unwrap();
    assert_eq!(runs.len(), 100);
    assert_eq!(runs[0], whole);
    assert_eq!(runs[99].began_at, make::at(4));
    let others = storage.blocking().import_runs(other, 1000).await.unwrap();
    assert_eq!(others.len(), 1);
}

pub(crate) async fn run_that_failed_is_read_back_with_its_reason(storage: &dyn Storage) {
    let id = add(storage, &settings("drop")).await.unwrap();
    let gone = Why::new(WhyCode::StatusGone, "lists.example answers 404")
        .host("lists.example")
        .status(404);
    for (millis, problem) in [(1_000, Why::unnamed("it rained")), (2_000, gone.clone())] {
        let tried = ListTry {
            run: run(id, millis, ImportOutcome::Failed { problem }),
            failures: 1,
            copy: None,
            ..tried(id, millis, &[], None)
        };
        keep(storage, &tried).await;
    }
    let runs = storage.blocking().import_runs(id, 10).await.unwrap();
    let outcomes: Vec<_> = runs.into_iter().map(|run| run.outcome).collect();
    let failed = |problem| ImportOutcome::Failed { problem };
    assert_eq!(outcomes, [failed(gone), failed(Why::unnamed("it rained"))]);
}

fn allowed(subject: &str, millis: i64, expires_at: Option<i64>) -> NewAllowEntry {
    NewAllowEntry {
        subject: subject.parse::<AllowSubject>().unwrap(),
        note: "the office".parse().unwrap(),
        owner: make::name("root"),
        created_at: make::at(millis),
        expires_at: expires_at.map(make::at),
        host: None,
    }
}

pub(crate) async fn allowlist_entry_is_there_once_for_each_host(storage: &dyn Storage) {
    let (reads, writes) = (storage.blocking(), storage.blocking_writes());
    let entry = make::entry(AuditAction::AllowlistAdded, 10_000);
    let everywhere = allowed("198.51.100.0/24", 10_000, None);
    let here = NewAllowEntry {
        host: Some(HostId::local()),
        ..everywhere.clone()
    };
    let id = writes.allow(&everywhere, &entry).await.unwrap().unwrap();
    assert_eq!(writes.allow(&everywhere, &entry).await.unwrap(), None);
    let other = writes.allow(&here, &entry).await.unwrap().unwrap();
    let list = reads.allowlist().await.unwrap();
    let read: Vec<_> = list.iter().map(|e| (e.id, &e.entry)).collect();
    assert_eq!(read, [(other, &here), (id, &everywhere)]);
    assert_eq!(make::times(storage, AuditAction::AllowlistAdded).await, 2);
}

async fn allow(storage: &dyn Storage, new: &NewAllowEntry) -> AllowEntry {
    let entry = make::entry(AuditAction::AllowlistAdded, 10_000);
    let writes = storage.blocking_writes();
    writes.allow(new, &entry).await.unwrap().unwrap();
    storage.blocking().allowlist().await.unwrap().remove(0)
}

pub(crate) async fn allowlist_entry_changed_has_the_new_note_and_expiry(storage: &dyn Storage) {
    let mut changed = allow(storage, &allowed("198.51.100.0/24", 10_000, None)).await;
    changed.entry.note = "the old office".parse().unwrap();
    changed.entry.expires_at = Some(make::at(50_000));
    let entry = make::entry(AuditAction::AllowlistChanged, 11_000);
    let writes = storage.blocking_writes();
    assert!(writes.change_allowed(&changed, &entry).await.unwrap());
    assert_eq!(storage.blocking().allowlist().await.unwrap(), [changed]);
}

pub(crate) async fn allowlist_entry_removed_holds_no_more_and_stays_until_forgotten(
    storage: &dyn Storage,
) {
    let (reads, writes) = (storage.blocking(), storage.blocking_writes());
    let made = allow(storage, &allowed("198.51.100.0/24", 10_000, None)).await;
    let entry = make::entry(AuditAction::AllowlistRemoved, 12_000);
    let at = make::at(12_000);
    assert_eq!(writes.disallow(&[made.id], at, &entry).await.unwrap(), 1);
    assert_eq!(writes.disallow(&[made.id], at, &entry).await.unwrap(), 0);
    let removed = reads.allowlist().await.unwrap().remove(0);
    assert_eq!(removed.removed_at, Some(at));
    assert!(!removed.holds(at));
    writes.forget_allowed(&[made.id]).await.unwrap();
    assert_eq!(reads.allowlist().await.unwrap(), []);
    assert_eq!(make::times(storage, AuditAction::AllowlistRemoved).await, 1);
}

pub(crate) async fn allowlist_entry_that_expired_can_be_made_anew(storage: &dyn Storage) {
    let writes = storage.blocking_writes();
    let entry = make::entry(AuditAction::AllowlistAdded, 10_000);
    let for_a_while = allowed("office.example.org", 10_000, Some(20_000));
    assert!(writes.allow(&for_a_while, &entry).await.unwrap().is_some());
    let meanwhile = allowed("office.example.org", 15_000, None);
    assert!(writes.allow(&meanwhile, &entry).await.unwrap().is_none());
    let later = allowed("office.example.org", 20_000, None);
    assert!(writes.allow(&later, &entry).await.unwrap().is_some());
}

pub(crate) async fn try_of_another_address_is_not_kept(storage: &dyn Storage) {
    let id = add(storage, &settings("drop")).await.unwrap();
    let of_before = ListTry {
        url: "https://before.example/".to_owned(),
        ..tried(id, 20_000, &["198.51.100.0/24"], None)
    };
    let writes = storage.blocking_writes();
    assert!(!writes.keep_try(&of_before).await.unwrap());
    assert_eq!(list(storage, id).await.copy, None);
}

pub(crate) async fn allowlist_entry_keeps_what_its_name_was_and_whether_it_was_written(
    storage: &dyn Storage,
) {
    let made = allow(storage, &allowed("office.example.org", 10_000, None)).await;
    assert_eq!((made.addresses, made.written), (vec![], None));
    let writes = storage.blocking_writes();
    let addresses = vec![[198, 51, 100, 9].into(), "2001:db8::9".parse().unwrap()];
    let found = [(made.id, addresses.clone())];
    writes.found_addresses(&found).await.unwrap();
    writes.wrote_allowed(&[(made.id, false)]).await.unwrap();
    writes.wrote_allowed(&[(made.id, true)]).await.unwrap();
    let now = storage.blocking().allowlist().await.unwrap().remove(0);
    assert_eq!((now.addresses, now.written), (addresses, Some(false)));
}

pub(crate) async fn protected_networks_kept_replace_those_before(storage: &dyn Storage) {
    let (reads, writes) = (storage.blocking(), storage.blocking_writes());
    for networks in [
        ["198.51.100.1/32", "2001:db8::1/128"],
        ["198.51.100.1/32", "203.0.113.0/24"],
    ] {
        writes.keep_protected(&nets(&networks)).await.unwrap();
        assert_eq!(reads.last_protected().await.unwrap(), nets(&networks));
    }
}
