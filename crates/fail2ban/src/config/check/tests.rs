use proptest::prelude::*;

use super::*;
use crate::config::options::{self, Place};

fn codes(place: Place, name: &str, text: &str) -> Vec<&'static str> {
    let spec = options::find(place, name).unwrap();
    let faults = value(spec, text);
    faults.iter().map(|fault| fault.code().word()).collect()
}

#[test]
fn value_of_another_kind_is_named_and_what_comes_of_it() {
    let bad = [
        ("enabled", "ture", "bad-boolean"),
        ("maxretry", "five", "bad-integer"),
        ("maxretry", "", "bad-integer"),
        ("maxretry", "0", "out-of-range"),
        ("maxlines", "0", "out-of-range"),
        ("bantime", "banana", "bad-time"),
        ("bantime", "", "bad-time"),
        ("bantime", "0", "odd-time"),
        ("bantime", "60*60", "evaluated-time"),
        ("findtime", "-1", "odd-time"),
        ("bantime.maxtime", "-5m", "odd-time"),
        ("backend", "foo", "unknown-word"),
        ("backend", "", "unknown-word"),
        ("usedns", "maybe", "unknown-word"),
        ("logencoding", "utf-9", "unknown-encoding"),
        ("port", "70000", "bad-port"),
        ("port", "ssh;id", "bad-port"),
        ("port", "10:5", "bad-port"),
        ("ignoreip", "300.1.2.3", "bad-address"),
        ("ignoreip", "host.example", "host-name-ignored"),
        ("logpath", "auth.log", "bad-path"),
        ("logtimezone", "Europe/Berlin", "bad-time-zone"),
        ("bantime.multipliers", "1  2", "bad-multipliers"),
        ("ignorecache", "max-count=5", "cache-without-key"),
        ("ignorecache", "key=\"<ip>\", max-time=x", "bad-time"),
    ];
    for (name, text, code) in bad {
        assert_eq!(codes(Place::Jail, name, text), [code], "{name} = {text}");
    }
    assert_eq!(codes(Place::Server, "loglevel", "FOO"), ["unknown-word"]);
    assert_eq!(
        codes(Place::ServerThread, "stacksize", "5"),
        ["out-of-range"]
    );
}

#[test]
fn value_that_fail2ban_takes_is_taken() {
    for (name, text) in [
        ("enabled", "Yes"),
        ("enabled", "off"),
        ("maxretry", " 5 "),
        ("bantime", "-1"),
        ("bantime", "1d 2h"),
        ("bantime.maxtime", ""),
        ("backend", "systemd[journalflags=1]"),
        ("usedns", "WARN"),
        ("logencoding", "UTF-8"),
        ("port", "ssh, 6000:6010,ftp-data"),
        ("port", "0:65535"),
        (
            "ignoreip",
            "127.0.0.1/8 ::1,192.0.2.0/24\n localhost file:/etc/ignore",
        ),
        ("logpath", "/var/log/a*.log tail\n/var/log/b.log"),
        ("logtimezone", "UTC+0200"),
        ("logtimezone", "GMT"),
        ("bantime.multipliers", "1 2 4"),
        ("ignorecache", "key=\"<ip>\", max-count=100, max-time=5m"),
    ] {
        assert_eq!(codes(Place::Jail, name, text), [""; 0], "{name} = {text}");
    }
    assert_eq!(codes(Place::Server, "loglevel", "20"), [""; 0]);
    assert_eq!(codes(Place::Server, "allowipv6", "auto"), [""; 0]);
}

#[test]
fn daemon_that_refuses_a_value_makes_it_an_error_and_a_silent_default_a_warning() {
    let gravity = |name, text| {
        let spec = options::find(Place::Jail, name).unwrap();
        value(spec, text).first().map(Fault::gravity)
    };
    assert_eq!(gravity("maxretry", "five"), Some(Gravity::Error));
    assert_eq!(gravity("bantime", "banana"), Some(Gravity::Error));
    assert_eq!(gravity("backend", "foo"), Some(Gravity::Error));
    assert_eq!(gravity("usedns", "foo"), Some(Gravity::Warning));
    assert_eq!(gravity("maxlines", "x"), Some(Gravity::Warning));
    assert_eq!(gravity("maxretry", "-3"), Some(Gravity::Warning));
}

#[test]
fn value_of_a_form_cannot_become_more_than_a_value() {
    let refused = [
        ("maxretry", "5\nenabled = true"),
        ("bantime", "1h\n[DEFAULT]"),
        ("sender", "a@b\", actionban=\"id"),
        ("sender", "a@b$(id)"),
        ("port", "ssh]"),
        ("chain", "INPUT; id"),
        ("maxretry", "%(bantime)s"),
        ("ignoreip", "1.2.3.4 %(x)s"),
        ("maxretry", "5%"),
        ("failregex", "^a$\n# hidden"),
        ("failregex", "a\u{0}"),
        ("failregex", "^100% <HOST>"),
        ("destemail", "a ; b"),
        ("logpath", "/var/log/`id`"),
        ("banaction", "iptables[actionban=id]"),
    ];
    for (name, raw) in refused {
        let spec = options::find(Place::Jail, name);
        assert!(writable(spec, raw).is_some(), "{name} = {raw}");
    }
    for (name, raw) in [
        ("failregex", "%(known/failregex)s\n^x <HOST> 100%%$"),
        ("action", "%(action_)s\nsendmail[dest=\"a@b\"]"),
        ("banaction", "%(banaction_allports)s"),
        ("sender", "root@<fq-hostname>"),
        ("chain", "<known/chain>"),
        ("logpath", "%(sshd_log)s\n/var/log/x-*.log tail"),
        ("ignoreip", "127.0.0.1\n::1"),
        ("fail2ban_agent", "Fail2Ban/1.0"),
        ("ignorecache", "key=\"<ip>\", max-count=100"),
    ] {
        let spec = options::find(Place::Jail, name);
        assert_eq!(writable(spec, raw), None, "{name} = {raw}");
    }
}

#[test]
fn value_that_can_reach_a_shell_or_python_can_run_commands() {
    for (place, name, raw) in [
        (Place::Action, "actionban", "id"),
        (Place::Action, "mine", "1"),
        (Place::ActionInit, "port", "22"),
        (Place::Filter, "ignorecommand", "/bin/x"),
        (Place::Jail, "ignorecommand", "/bin/true"),
        (Place::Jail, "bantime.formula", "ban.Time"),
        (Place::Jail, "bantime.factor", "2"),
        (Place::Jail, "bantime", "__import__('os').system('id')"),
        (Place::Jail, "findtime", "len('x')"),
        (Place::Jail, "bantime.maxtime", "exit"),
        (Place::Jail, "action", "sendmail[mailcmd=/tmp/x]"),
        (Place::Jail, "action_mine", "x"),
        (Place::Jail, "Banaction", "mine"),
        (Place::Jail, "banaction_allports", "mine"),
        (Place::Jail, "mta", "mine"),
        (Place::Jail, "norestored", "1"),
        (Place::Jail, "sender", "$(id)"),
        (Place::Jail, "port", "ssh; touch /x"),
        (Place::Jail, "port", "ssh\n/tmp/x"),
        (Place::Jail, "chain", "INPUT\nreboot"),
        (Place::Jail, "destemail", "a@b.example\nreboot"),
        (Place::Jail, "ignoreip", "192.0.2.1\n/tmp/x"),
        (Place::Jail, "ignoreip", "$(id)"),
        (Place::Jail, "logpath", "/var/log/x\n/sbin/reboot"),
        (Place::Jail, "logpath", "/var/log/x\n/var/log/../../tmp/x"),
        (Place::Jail, "port", "%(failregex)s"),
        (Place::Jail, "protocol", "<x>"),
        (Place::Jail, "chain", "INPUT --modprobe /tmp/x"),
        (Place::Jail, "logpath", "/var/log/x\n /tmp/`id`"),
        (Place::Jail, "filter", "x[a=%(action_)s]"),
        (Place::Jail, "my_variable", "a"),
        (Place::Server, "logtarget", "/etc/cron.d/x"),
        (Place::Server, "dbfile", "/var/log/../../etc/x"),
        (Place::Server, "dbpurgeage", "exit()"),
        (Place::Server, "pidfile", "/etc/x"),
        (Place::Server, "my_variable", "a"),
    ] {
        assert!(can_run_commands(place, name, raw), "{name} = {raw}");
    }
}

#[test]
fn plain_value_cannot_run_commands() {
    for (place, name, raw) in [
        (Place::Jail, "bantime", "1d 12h"),
        (Place::Jail, "bantime", "-1"),
        (Place::Jail, "findtime", "60*60"),
        (Place::Jail, "bantime.maxtime", ""),
        (Place::Jail, "bantime.increment", "true"),
        (Place::Jail, "bantime.multipliers", "1 2 4"),
        (Place::Jail, "enabled", "true"),
        (Place::Jail, "maxretry", "3"),
        (Place::Jail, "port", "ssh,2222,8000:9000"),
        (Place::Jail, "destemail", "root@example.org"),
        (Place::Jail, "logpath", "%(sshd_log)s"),
        (Place::Jail, "logpath", "/var/log/*/error.log"),
        (
            Place::Jail,
            "logpath",
            "\n%(sshd_log)s\n/var/log/auth.log tail",
        ),
        (
            Place::Jail,
            "ignoreip",
            "127.0.0.1/8 ::1\n192.0.2.0/24,office.example",
        ),
        (Place::Jail, "failregex", "^a <HOST>; `x`$"),
        (Place::Jail, "ignoreip", "10.0.0.0/8 ::1"),
        (Place::Jail, "filter", "sshd[mode=aggressive]"),
        (Place::Filter, "_daemon", "a(?:b|c)"),
        (Place::Filter, "failregex", "^<HOST>;$"),
        (Place::Server, "logtarget", "/var/log/fail2ban.log"),
        (Place::Server, "logtarget", "SYSLOG"),
        (Place::Server, "loglevel", "DEBUG"),
        (Place::Server, "dbpurgeage", "2d"),
        (Place::Server, "dbfile", "None"),
        (Place::ServerThread, "stacksize", "64"),
    ] {
        assert!(!can_run_commands(place, name, raw), "{name} = {raw}");
    }
}

#[test]
fn filter_or_action_that_is_not_there_is_named_with_what_was_meant() {
    let filters = ["sshd".to_owned(), "apache-auth".to_owned()];
    let missing = filter("sshdd[mode=normal]", &filters).unwrap();
    assert_eq!(
        (missing.code().word(), missing.suggestion()),
        ("filter-missing", Some("sshd"))
    );
    assert_eq!(filter("sshd[mode=normal]", &filters), None);
    assert_eq!(
        filter("sshd[mode=", &filters).unwrap().code().word(),
        "bad-parameters"
    );
    let known = ["iptables".to_owned(), "smtp.py".to_owned()];
    let found = |text| {
        actions(text, &known)
            .iter()
            .map(|fault| fault.code().word())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found("iptables[name=a] smtp.py[dest=x]\niptables[actname=b]"),
        [""; 0]
    );
    assert_eq!(found("iptables\niptables[port=1]"), ["duplicate-action"]);
    assert_eq!(found("nosuch\niptables"), ["action-missing"]);
}

#[test]
fn name_of_a_new_jail_that_cannot_be_or_is_taken_is_refused() {
    let code = |name| new_jail_name(name, ["sshd"]).map(|fault| fault.code().word());
    assert_eq!(code("my-jail.2"), None);
    assert_eq!(code("SSHD"), Some("name-clash"));
    for name in [
        "",
        "-x",
        "a b",
        "ünïcode",
        "default",
        "AllowIPv6",
        "abcdefghijklmnopqrstuvwxyz",
    ] {
        assert_eq!(code(name), Some("bad-name"), "{name}");
    }
}

proptest! {
    #[test]
    fn value_that_may_be_written_keeps_to_its_own_option(raw in "[ -~\n\té]{0,40}", known in 0..80_usize) {
        let Some(spec) = options::of(Place::Jail).nth(known) else { return Ok(()) };
        prop_assume!(writable(Some(spec), &raw).is_none());
        let mut tree = crate::config::Tree::parse(b"[a]\nx = 1\n");
        if tree.set("a", spec.name, &raw).is_ok() {
            prop_assert_eq!(tree.problem(), None);
            prop_assert_eq!(tree.sections().len(), 1);
            prop_assert_eq!(tree.sections()[0].options.len(), 2);
        }
    }

    #[test]
    fn any_text_as_a_value_is_judged(text in "\\PC{0,60}", known in 0..80_usize) {
        for spec in options::all().skip(known).take(3) {
            let _ = value(spec, &text);
            let _ = can_run_commands(spec.place, spec.name, &text);
        }
    }
}
