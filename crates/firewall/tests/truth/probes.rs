//! Verdicts against packets.
use std::{collections::HashSet, fmt::Write as _, net::IpAddr};

use firewall::truth::{Doubt, Outcome, Path, Protocol, Question, Rulesets, Service, Verdict};

use crate::ground::{BEHIND, BEHIND_V6, Ground, HOST, HOST_V6, Trace};

/// Where packets are sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Host,
    Behind,
}

impl Target {
    const fn paths(self) -> &'static [Path] {
        match self {
            Self::Host => &[Path::HostInput, Path::PublishedPort],
            Self::Behind => &[Path::Forwarded],
        }
    }
}

/// A packet that was sent.
#[derive(Debug, Clone)]
struct Probe {
    from: String,
    service: Service,
    target: Target,
    trace: Trace,
}

/// What came of them all.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) certain: usize,
    /// Verdicts that a packet does not go this way.
    pub(crate) elsewhere: usize,
    /// Verdicts that it cannot be told, and why.
    pub(crate) unsure: Vec<String>,
    /// Verdicts that packets refuted.
    pub(crate) wrong: String,
}

pub(crate) fn tcp(port: u16) -> Service {
    Service {
        protocol: Protocol::Tcp,
        port: Some(port),
    }
}

pub(crate) fn udp(port: u16) -> Service {
    Service {
        protocol: Protocol::Udp,
        port: Some(port),
    }
}

/// Echo requests of the sender's version of IP.
pub(crate) fn ping(from: &str) -> Service {
    let protocol = if from.contains(':') {
        Protocol::Icmpv6
    } else {
        Protocol::Icmp
    };
    Service {
        protocol,
        port: None,
    }
}

impl Ground {
    /// Sends packets from all senders to all services on all paths, and holds all verdicts against what came.
    pub(crate) async fn try_all(&self, senders: &[&str], services: &[Service]) -> Tally {
        let _ = self.arrived();
        let mut probes = Vec::new();
        for from in senders {
            for service in services.iter().copied().chain([ping(from)]) {
                for target in [Target::Host, Target::Behind] {
                    probes.push(self.probe(from, service, target));
                }
            }
        }
        let (at_host, at_behind) = self.arrived();
        let rulesets = Rulesets::read(&self.host.place()).await.unwrap();
        let mut tally = Tally::default();
        for from in senders {
            let source: IpAddr = from.parse().unwrap();
            let all = rulesets.verdicts(source).await.unwrap();
            let of_sender = || probes.iter().filter(|probe| probe.from == *from);
            let asked: Vec<_> = of_sender()
                .flat_map(|probe| probe.target.paths().iter().map(move |path| (probe, *path)))
                .collect();
            let questions = asked.iter().map(|(probe, path)| question(probe, *path));
            let verdicts = rulesets.answer(source, questions.collect()).await.unwrap();
            assert_eq!(verdicts.len(), asked.len());
            for ((probe, path), verdict) in asked.into_iter().zip(&verdicts) {
                let seen = match path {
                    Path::HostInput => &at_host,
                    _ => &at_behind,
                };
                let wide = all.iter().find(|verdict| verdict.path == path);
                tally.add(probe, verdict, wide, seen.contains(&probe.trace));
            }
        }
        let strange: HashSet<_> = at_host.intersection(&at_behind).collect();
        assert!(strange.is_empty(), "packets came twice: {strange:?}");
        tally
    }

    fn probe(&self, from: &str, service: Service, target: Target) -> Probe {
        let to = match (target, from.contains(':')) {
            (Target::Host, false) => HOST,
            (Target::Host, true) => HOST_V6,
            (Target::Behind, false) => BEHIND,
            (Target::Behind, true) => BEHIND_V6,
        };
        let port = service.port.unwrap_or_default();
        Probe {
            from: from.to_owned(),
            service,
            target,
            trace: self.send(from, service.protocol, (to, port)),
        }
    }
}

fn question(probe: &Probe, path: Path) -> Question {
    Question {
        source: probe.from.parse::<IpAddr>().unwrap(),
        path,
        service: Some(probe.service),
        interface: None,
    }
}

impl Tally {
    /// Counts a verdict about one service, and holds that about all services against it too.
    fn add(&mut self, probe: &Probe, verdict: &Verdict, wide: Option<&Verdict>, came: bool) {
        let service = probe.service;
        let refuted = match verdict.outcome {
            Outcome::Blocked => came,
            Outcome::NotBlocked => !came,
            Outcome::CannotTell => came && is_elsewhere(verdict),
        };
        match verdict.outcome {
            Outcome::CannotTell if is_elsewhere(verdict) => self.elsewhere += 1,
            Outcome::CannotTell => {
                let reasons: Vec<String> = verdict
                    .unsure
                    .iter()
                    .map(|unsure| unsure.doubt.to_string())
                    .collect();
                let reasons = reasons.join("; ");
                let path = verdict.path;
                self.unsure
                    .push(format!("{} {service} {path}: {reasons}", probe.from));
            }
            Outcome::Blocked | Outcome::NotBlocked => self.certain += 1,
        }
        let blocked =
            |wide: &Verdict| wide.scope.contains(service) || wide.closed.contains(service);
        // What is said of all services is what is said of one.
        let differs = wide.is_some_and(|wide| match verdict.outcome {
            Outcome::Blocked => !blocked(wide),
            Outcome::NotBlocked => blocked(wide),
            Outcome::CannotTell => !is_elsewhere(verdict) && blocked(wide),
        });
        if refuted || differs {
            let what = if refuted { "refuted" } else { "differs" };
            let from = &probe.from;
            writeln!(
                self.wrong,
                "{what}: {from} {service} came: {came}\n  {verdict:?}\n  {wide:?}"
            )
            .unwrap();
        }
    }
}

/// Whether the verdict says that the packet does not go this way at all.
fn is_elsewhere(verdict: &Verdict) -> bool {
    let mut unsure = verdict.unsure.iter();
    unsure.all(|unsure| matches!(unsure.doubt, Doubt::NothingPublished | Doubt::Translated))
}
