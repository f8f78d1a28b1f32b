//! From which ports actions ban, judged by what their commands say.

use std::fs;
use std::path::Path;

use fail2ban::Version;
use fail2ban::config::{Config, Reach};

use super::oracle::{read, root, variant};

/// The stock configuration with a jail that has this action.
fn with_action(folder: &Path, action: &str) -> Config {
    let text = format!(
        "[web]\nenabled = true\nfilter = sshd\nbackend = polling\nlogpath = /dev/null\naction = {action}\n"
    );
    fs::write(folder.join("jail.d/zz.local"), text).unwrap();
    read(folder, &Version::parse("1.0.2"))
}

fn stock(folder: &Path) {
    variant(&root().join("etc/fail2ban"), folder);
}

fn reach(folder: &Path, action: &str) -> Reach {
    let mut reaches = with_action(folder, action).reaches("web");
    assert_eq!(reaches.len(), 1, "{action}");
    reaches.remove(0)
}

fn ports(told: &str) -> Reach {
    Reach::Ports(vec![told.to_owned()])
}

#[test]
fn stock_actions_reach_the_ports_that_their_commands_bound_them_by() {
    let folder = tempfile::tempdir().unwrap();
    stock(folder.path());
    for (action, wanted) in [
        ("iptables[port=http]", ports("http")),
        ("iptables[port=http, type=allports]", Reach::Everything),
        ("iptables-multiport[port=\"80,443\"]", ports("80,443")),
        ("iptables-ipset[port=http]", ports("http")),
        ("nftables[port=http]", ports("http")),
        ("nftables[type=allports, port=http]", Reach::Everything),
        ("nftables-multiport", ports("ssh")),
        ("firewallcmd-ipset[port=http]", ports("http")),
        (
            "firewallcmd-ipset[port=http, actiontype=\"<allports>\"]",
            Reach::Everything,
        ),
        ("firewallcmd-rich-rules[port=http]", ports("http")),
        ("firewallcmd-new", ports("1:65535")),
        ("ipfw[port=http]", ports("http")),
        // Its table has a number, which says nothing of the jail.
        ("bsd-ipfw[port=http]", Reach::Everything),
        ("pf[port=http]", ports("http")),
        ("pf", Reach::Everything),
        (
            "pf[port=http, actiontype=\"<allports>\"]",
            Reach::Everything,
        ),
        ("hostsdeny[daemon_list=ALL]", Reach::Everything),
        ("osx-ipfw[port=http]", ports("http")),
        ("iptables[port=http, actionstart=\"\"]", Reach::Everything),
        ("iptables[port=\"<known/port>\"]", Reach::Everything),
        ("smtp.py", Reach::Everything),
    ] {
        assert_eq!(reach(folder.path(), action), wanted, "{action}");
    }
}

/// Stock actions that ban from everything, whatever port they are told.
const BANNING: [&str; 20] = [
    "apf",
    "cloudflare",
    "cloudflare-token",
    "firewallcmd-allports",
    "hostsdeny",
    "ipfilter",
    "iptables-allports",
    "iptables-ipset-proto6-allports",
    "iptables-xt_recent-echo",
    "netscaler",
    "nftables-allports",
    "nginx-block-map",
    "npf",
    "nsupdate",
    "osx-afctl",
    "route",
    "shorewall",
    "shorewall-ipset-proto6",
    "symbiosis-blacklist-allports",
    "ufw",
];

/// Stock actions that only tell somebody.
const TELLING: [&str; 14] = [
    "abuseipdb",
    "apprise",
    "blocklist_de",
    "complain",
    "ipthreat",
    "mail",
    "mail-buffered",
    "mail-whois",
    "mail-whois-lines",
    "sendmail",
    "sendmail-geoip-lines",
    "sendmail-whois",
    "sendmail-whois-lines",
    "xarf-login-attack",
];

#[test]
fn each_stock_action_without_a_port_of_its_own_bans_from_everything_or_only_tells() {
    let folder = tempfile::tempdir().unwrap();
    stock(folder.path());
    let names = read(folder.path(), &Version::parse("1.0.2")).actions();
    let (mut everything, mut nothing) = (Vec::new(), Vec::new());
    for name in &names {
        // Parts of others, which are no actions by themselves.
        if name.ends_with("-common") || name == "firewallcmd-rich-logging" {
            continue;
        }
        match reach(folder.path(), &format!("{name}[port=http]")) {
            Reach::Everything => everything.push(name.as_str()),
            Reach::Nothing => nothing.push(name.as_str()),
            Reach::Ports(ports) => assert_eq!(ports, ["http"], "{name}"),
        }
    }
    let judged = |expected: &[&str], as_it_is: &[&str]| {
        let there: Vec<&&str> = expected
            .iter()
            .filter(|name| names.iter().any(|known| known == **name))
            .collect();
        let wrong: Vec<&&&str> = there
            .iter()
            .filter(|name| !as_it_is.contains(name))
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        there.len()
    };
    // Versions differ by a few.
    assert!(judged(&BANNING, &everything) >= BANNING.len() - 4);
    assert!(judged(&TELLING, &nothing) >= TELLING.len() - 4);
    println!(
        "{} actions, {} ban from everything: {everything:?}",
        names.len(),
        everything.len()
    );
}

#[test]
fn action_of_somebodys_own_is_judged_by_its_text() {
    judge(&[
        (
            "[Definition]\nactionban = /opt/block <ip>\n",
            Reach::Everything,
        ),
        (
            "[Definition]\nactionban = /opt/block <ip> <port>\n",
            ports("http"),
        ),
        (
            "[Definition]\nactionban = <how>\n[Init]\nhow = /opt/block <port>\n",
            ports("http"),
        ),
        ("[Definition]\nactionban = curl -d <ip> h\n", Reach::Nothing),
        (
            "[Definition]\nactionban = curl -d <ip> h\nactionunban = curl h\n",
            Reach::Everything,
        ),
        (
            "[Definition]\nactionban = mail; iptables -s <ip>\n",
            Reach::Everything,
        ),
        ("[Definition]\nactionstart =\n", Reach::Nothing),
        (
            "[Definition]\nactionban = iptables-legacy -s <ip>; curl h\n",
            Reach::Everything,
        ),
        (
            "[Definition]\nactionban = ip rule add from <ip> prohibit; logger x\n",
            Reach::Everything,
        ),
        (
            "[Definition]\nactionban = <fw> <ip>; logger x\n[Init]\nfw = nft\n",
            Reach::Everything,
        ),
        (
            "[Definition]\nactionban = /opt/block <ip> 3600; logger x\n",
            Reach::Everything,
        ),
        (
            "[Definition]\nactionban = echo <ip> >> /var/mail/x\n",
            Reach::Everything,
        ),
        // What is made for the port is not what a ban is an entry of.
        (
            "[Definition]\nactionstart = x <name> <port>\nactionban = x -s <ip>\n",
            Reach::Everything,
        ),
        (
            "[Definition]\nactionstart = x <name> <port>\nactionban = x f2b-<name> -s <ip>\n",
            ports("http"),
        ),
    ]);
}

#[test]
fn action_is_bounded_by_a_port_where_both_families_and_each_ban_are() {
    judge(&[
        // Bounded for one kind of addresses only.
        (
            "[Definition]\nactionban = <do>\n[Init]\ndo = x <port>\n[Init?family=inet6]\ndo = x\n",
            Reach::Everything,
        ),
        (
            "[Definition]\nactionban = <do>\n[Init]\ndo = x\n[Init?family=inet6]\ndo = x <port>\n",
            Reach::Everything,
        ),
        (
            "[Definition]\nactionban = <do>\n[Init]\ndo = x <port>\n[Init?family=inet6]\ndo = y <port>\n",
            ports("http"),
        ),
        // The port is only told to whoever undoes the ban.
        (
            "[Definition]\nactionban = x\nactionunban = x <port>\n",
            Reach::Everything,
        ),
    ]);
}

fn judge(actions: &[(&str, Reach)]) {
    let folder = tempfile::tempdir().unwrap();
    stock(folder.path());
    for (text, wanted) in actions {
        for file in ["action.d/own.local", "action.d/own.conf"] {
            fs::write(folder.path().join(file), text).unwrap();
        }
        assert_eq!(&reach(folder.path(), "own[port=http]"), wanted, "{text}");
    }
}

#[test]
fn asking_how_far_a_jail_reaches_changes_nothing_that_it_means() {
    let folder = tempfile::tempdir().unwrap();
    stock(folder.path());
    let config = with_action(folder.path(), "iptables[port=http]");
    let before = config.stream().unwrap();
    assert_eq!(config.reaches("web"), [ports("http")]);
    assert_eq!(
        config.reaches("apache-auth").len(),
        1,
        "one that does not run"
    );
    assert_eq!(config.reaches("nobody"), []);
    assert_eq!(config.stream().unwrap(), before);
    assert_eq!(
        config.jail("web").unwrap().commands,
        with_action(folder.path(), "iptables[port=http]")
            .jail("web")
            .unwrap()
            .commands
    );
}
