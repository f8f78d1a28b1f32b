//! A real fail2ban in a folder and a namespace of its own.
use std::path::PathBuf;

use firewall::{
    Place,
    truth::{
        Backing, JailBans, JailDoubt, JailDrift, Named,
        Outcome::{self, Blocked, NotBlocked},
        Path::{Forwarded, HostInput},
        Rulesets, drift,
    },
};
use lab::{Enforcement, JailSet, Lab, LabConfig};

const BANNED: [&str; 2] = ["198.51.100.7", "2001:db8:bad::7"];
const OTHER: &str = "198.51.100.8";

/// A daemon with one jail, whose bans go where the action says.
async fn start(action: &str) -> (tempfile::TempDir, Lab) {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("etc");
    std::fs::create_dir(&config).unwrap();
    std::fs::write(
        config.join("jail.local"),
        format!("[DEFAULT]\nbanaction = {action}\n"),
    )
    .unwrap();
    let lab = Lab::start(LabConfig {
        folder: Some(folder.path().to_path_buf()),
        enforcement: Enforcement::Namespace,
        jails: JailSet::Names(vec!["sshd".into()]),
        ..LabConfig::for_tests().unwrap()
    });
    (folder, lab.await.unwrap())
}

fn place(lab: &Lab) -> Place {
    let pid = lab.daemon_pid().unwrap();
    Place::namespace(PathBuf::from(format!("/proc/{pid}/ns/net")))
}

async fn outcomes(lab: &Lab, source: &str) -> [(Outcome, String); 2] {
    let rulesets = Rulesets::read(&place(lab)).await.unwrap();
    let verdicts = rulesets.verdicts(source.parse().unwrap()).await.unwrap();
    [HostInput, Forwarded].map(|path| {
        let verdict = verdicts.iter().find(|one| one.path == path).unwrap();
        (verdict.outcome, verdict.scope.to_string())
    })
}

/// Where the action keeps its bans, by the command that it bans with.
async fn named(lab: &Lab, action: &str) -> Vec<Named> {
    let ban = ["get", "sshd", "action", action, "actionban"];
    let ban = lab.client_output(&ban).await.unwrap();
    let Some(named) = Named::by_command(&ban) else {
        return Vec::new();
    };
    // Tags as the action replaces them; what it has for IPv6 is told apart.
    let mut stores = Vec::new();
    for family in ["", "?family=inet6"] {
        let mut name = named.name().to_owned();
        for tag in ["addr_set", "ipmset"] {
            let whole = format!("<{tag}>");
            if name.contains(&whole) {
                let property = format!("{tag}{family}");
                let value = lab
                    .client_output(&["get", "sshd", "action", action, &property])
                    .await;
                name = name.replace(&whole, value.unwrap().trim());
            }
        }
        stores.push(named.renamed(name.replace("<name>", "sshd")));
    }
    stores
}

/// What fail2ban says it has banned, beside what the kernel holds.
async fn compare(lab: &Lab, action: &str) -> JailDrift {
    let banned = lab.client_output(&["get", "sshd", "banip"]).await.unwrap();
    let banned = banned.split_whitespace().map(|text| {
        let address: std::net::IpAddr = text.parse().unwrap();
        address.into()
    });
    let jail = JailBans {
        jail: "sshd".into(),
        addresses: banned.collect(),
        names: named(lab, action).await,
    };
    drift(&place(lab), &[jail]).await.unwrap().remove(0)
}

async fn by_hand(lab: &Lab, line: &str) {
    let mut words = line.split(' ');
    let mut command = lab.in_namespace(words.next().unwrap()).unwrap();
    let output = command.args(words).output().await.unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{line}: {complaint}");
}

/// An action, and how one ban is taken out and another put in by hand.
struct Action {
    name: &'static str,
    remove: &'static str,
    add: &'static str,
    is_backing: fn(&Backing) -> bool,
}

impl Action {
    async fn try_out(&self) {
        let (_folder, lab) = start(self.name).await;
        for address in BANNED {
            lab.client_output(&["set", "sshd", "banip", address])
                .await
                .unwrap();
        }
        self.assert_banned(&lab).await;
        by_hand(&lab, self.remove).await;
        by_hand(&lab, self.add).await;
        self.assert_drifted(&lab).await;
        assert_wiped_is_missing(&lab, self.name).await;
        assert_eq!(outcomes(&lab, BANNED[1]).await[0].0, NotBlocked);
        lab.stop().await;
    }

    async fn assert_banned(&self, lab: &Lab) {
        for address in BANNED {
            let expected = [
                (Blocked, "tcp 22".to_owned()),
                (NotBlocked, "nothing".to_owned()),
            ];
            assert_eq!(outcomes(lab, address).await, expected, "{address}");
        }
        assert_eq!(outcomes(lab, OTHER).await[0].0, NotBlocked);
        let found = compare(lab, self.name).await;
        assert_eq!(found.backing.len(), 2, "{found:?}");
        assert!(found.backing.iter().all(self.is_backing), "{found:?}");
        assert_eq!(
            (found.missing, found.excess, found.unsure),
            (vec![], vec![], vec![])
        );
    }

    async fn assert_drifted(&self, lab: &Lab) {
        let found = compare(lab, self.name).await;
        assert_eq!(found.missing, ["198.51.100.7/32".parse().unwrap()]);
        assert_eq!(found.excess, ["198.51.100.8/32".parse().unwrap()]);
        assert_eq!(found.unsure, []);
        assert_eq!(outcomes(lab, BANNED[0]).await[0].0, NotBlocked);
        assert_eq!(outcomes(lab, OTHER).await[0].0, Blocked);
    }
}

/// What a restart of the packet filter leaves: nothing.
async fn assert_wiped_is_missing(lab: &Lab, action: &str) {
    by_hand(lab, "nft flush ruleset").await;
    if action.contains("ipset") {
        by_hand(lab, "ipset destroy").await;
    }
    let found = compare(lab, action).await;
    assert_eq!(found.missing.len(), BANNED.len(), "{found:?}");
    assert_eq!((found.backing, found.unsure), (vec![], vec![]));
}

#[tokio::test]
async fn real_nftables_multiport_is_told_right() {
    let action = Action {
        name: "nftables-multiport",
        remove: "nft delete element inet f2b-table addr-set-sshd { 198.51.100.7 }",
        add: "nft add element inet f2b-table addr-set-sshd { 198.51.100.8 }",
        is_backing: |backing| matches!(backing, Backing::NftSet { .. }),
    };
    action.try_out().await;
}

#[tokio::test]
async fn real_iptables_multiport_is_told_right() {
    let action = Action {
        name: "iptables-multiport",
        remove: "iptables -D f2b-sshd -s 198.51.100.7 -j REJECT --reject-with icmp-port-unreachable",
        add: "iptables -I f2b-sshd 1 -s 198.51.100.8 -j REJECT --reject-with icmp-port-unreachable",
        is_backing: |backing| matches!(backing, Backing::IptablesChain { .. }),
    };
    action.try_out().await;
}

#[tokio::test]
async fn real_iptables_ipset_is_told_right() {
    let action = Action {
        name: "iptables-ipset-proto6",
        remove: "ipset del f2b-sshd 198.51.100.7",
        add: "ipset add f2b-sshd 198.51.100.8",
        is_backing: |backing| matches!(backing, Backing::Ipset { .. }),
    };
    action.try_out().await;
}

#[tokio::test]
async fn real_action_without_a_packet_filter_is_not_taken_for_drift() {
    let (_folder, lab) = start("dummy").await;
    lab.client_output(&["set", "sshd", "banip", BANNED[0]])
        .await
        .unwrap();
    assert_eq!(outcomes(&lab, BANNED[0]).await[0].0, NotBlocked);
    let found = compare(&lab, "dummy").await;
    assert_eq!(
        (found.backing.len(), found.missing.len(), found.excess.len()),
        (0, 0, 0)
    );
    assert_eq!(found.unsure, [JailDoubt::NotFound]);
    lab.stop().await;
}
