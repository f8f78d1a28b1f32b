//! What BanGUI says happened is what happened, exactly: a compressed hour of bans and every kind of interruption.
//!
//! The ledger is written by the script from what it itself ordered, attacked, stopped and killed, and from fail2ban's documented rules (a ban in force when its jail
//! stops is taken out of force and restored; a daemon that is killed takes nothing out of force). It reads neither fail2ban's log nor its database nor anything of
//! BanGUI's, so a mistake in hearing cannot be in it, too. The daemon is only asked whether it has done what it was told, to wait for it. At the end fail2ban's log
//! files, all kept under their rotated names, are counted by plain search as a second witness of the ledger itself.
mod ledger;
mod script;

use std::collections::BTreeMap;

use script::{Jail, Script};

/// Changes addresses and choices; printed with the figures. `BANGUI_TEST_SEED` takes another.
const SEED: u64 = 20_261_124;

fn seed() -> u64 {
    let given = std::env::var("BANGUI_TEST_SEED");
    given.map_or(SEED, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn history_after_a_compressed_hour_equals_the_ledger() {
    let mut script = Script::begin(seed()).await;
    before_bangui_is_there(&mut script).await;
    script.start_bangui();
    everyday(&mut script).await;
    rotations(&mut script).await;
    bangui_killed(&mut script).await;
    daemon_restarted_and_killed(&mut script).await;
    both_down(&mut script).await;
    script.unban_everything().await;
    // What is decided last is told last: all before it is stored by then.
    script.over(1).await;
    script.settled();
    let (told, ledger) = (script.told(), script.ledger());
    script.print_figures(&told);
    assert_eq!(differences(&told, &ledger), BTreeMap::new());
    assert_eq!(script.wrong(), Vec::<String>::new());
    script.compare_with_the_logs(&ledger);
    script.end().await;
}

/// Left is what BanGUI tells, right what happened.
fn differences(
    told: &BTreeMap<String, usize>,
    ledger: &BTreeMap<String, usize>,
) -> BTreeMap<String, (usize, usize)> {
    told.keys()
        .chain(ledger.keys())
        .map(|key| {
            let count = |of: &BTreeMap<String, usize>| of.get(key).copied().unwrap_or(0);
            (key.clone(), (count(told), count(ledger)))
        })
        .filter(|(_, (told, happened))| told != happened)
        .collect()
}

/// All of this BanGUI can only know from what fail2ban still has.
async fn before_bangui_is_there(script: &mut Script) {
    script.ban(Jail::Long, 3).await;
    script.over(1).await;
    script.unban_one(Jail::Long).await;
    script.rotate_by_rename().await;
    script.ban(Jail::Other, 2).await;
}

async fn everyday(script: &mut Script) {
    for _ in 0..20 {
        script.timed_ban().await;
    }
    script.attack(Jail::Long).await;
    script.over(2).await;
    script.unban_one(Jail::Long).await;
    script.ban_by_bangui().await;
    script.ban_by_bangui().await;
    script.unban_by_bangui().await;
}

async fn rotations(script: &mut Script) {
    script.ban(Jail::Long, 2).await;
    script.rotate_by_rename().await;
    script.ban(Jail::Long, 2).await;
    script.rotate_by_copy();
    script.ban(Jail::Long, 2).await;
    script.unban_one(Jail::Long).await;
}

async fn bangui_killed(script: &mut Script) {
    script.ban_and_kill_bangui(60).await;
    script.ban(Jail::Long, 2).await;
    script.unban_one(Jail::Long).await;
    script.rotate_by_rename().await;
    script.over(1).await;
    script.attack(Jail::Other).await;
    script.start_bangui();
}

async fn daemon_restarted_and_killed(script: &mut Script) {
    script.restart_daemon().await;
    script.ban(Jail::Other, 2).await;
    script.kill_daemon().await;
    script.start_daemon().await;
    script.over(1).await;
    script.stop_jail_and_start_it(Jail::Other).await;
}

async fn both_down(script: &mut Script) {
    script.stop_bangui();
    script.restart_daemon().await;
    script.ban(Jail::Long, 2).await;
    script.start_bangui();
    script.unban_one(Jail::Other).await;
    script.kill_bangui();
    script.kill_daemon().await;
    script.start_bangui();
    script.start_daemon().await;
    script.ban(Jail::Long, 1).await;
}
