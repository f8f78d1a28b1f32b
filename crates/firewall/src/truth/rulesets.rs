//! Reading the packet filter, and answering questions about it.
use std::{net::IpAddr, sync::Arc};

use crate::{
    Place,
    netlink::{OpenError, Socket},
    truth::{
        ReadError,
        ipset::Ipsets,
        judge::Bench,
        listing,
        machine::Machine,
        members::Members,
        model::{Model, Step, TargetAddress, Targets},
        resolve::{self, Asked},
        verdict::{Path, Question, Verdict},
    },
};

/// More targets of translations than this are not looked up among the routes.
const MAX_TARGETS: usize = 64;

/// The rules of a packet filter, as they were when it was read. What sets hold is asked when a question comes.
#[derive(Debug, Clone)]
pub struct Rulesets {
    place: Place,
    model: Arc<Model>,
    machine: Machine,
    ipsets: Ipsets,
    targets: Vec<IpAddr>,
    absent: Vec<&'static str>,
}

impl Rulesets {
    /// Reads the rules of all tables; elements of sets are not among them.
    ///
    /// Takes some tens of milliseconds. Programs that are not installed are noted; where there are rules that only they
    /// could list, verdicts are unsure.
    ///
    /// # Errors
    /// [`ReadError`] where what is there cannot be read.
    pub async fn read(place: &Place) -> Result<Self, ReadError> {
        let mut absent = Vec::new();
        let mut machine = Machine::read(place).await;
        if machine.interfaces.is_none() {
            absent.push("ip");
        }
        let model = listing::read(place, &mut absent).await?;
        let uses_ipset = model.uses.iter().any(|used| used.set.is_of_ipset());
        let ipsets = if uses_ipset {
            Ipsets::read(place).await
        } else {
            Ipsets::default()
        };
        let targets = targets(&model);
        let looked_up = targets.get(..MAX_TARGETS).unwrap_or(&targets);
        machine.find_routes(place, looked_up).await;
        Ok(Self {
            place: place.clone(),
            model: Arc::new(model),
            machine,
            ipsets,
            targets,
            absent,
        })
    }

    /// Programs that were asked for and are not installed.
    #[must_use]
    pub fn absent(&self) -> &[&'static str] {
        &self.absent
    }

    /// What happens to new packets from the source, on all paths that there are.
    ///
    /// Takes some milliseconds, and two more for each set of ipset that rules name.
    ///
    /// # Errors
    /// [`ReadError`] where the question cannot be worked on at all.
    pub async fn verdicts(&self, source: IpAddr) -> Result<Vec<Verdict>, ReadError> {
        let questions: Vec<Question> = [Path::HostInput, Path::Forwarded, Path::PublishedPort]
            .into_iter()
            .filter(|path| *path != Path::PublishedPort || !self.targets.is_empty())
            .map(|path| Question {
                source,
                path,
                service: None,
                interface: None,
            })
            .collect();
        self.answer(source, questions).await
    }

    /// What happens to a new packet.
    ///
    /// # Errors
    /// [`ReadError`] where the question cannot be worked on at all.
    pub async fn verdict(&self, question: Question) -> Result<Verdict, ReadError> {
        let mut verdicts = self.answer(question.source, vec![question]).await?;
        verdicts.pop().ok_or_else(|| failed("there is no answer"))
    }

    /// Answers questions about one source; what sets hold of it is asked once. Questions about others are passed over.
    ///
    /// # Errors
    /// [`ReadError`] where they cannot be worked on at all.
    pub async fn answer(
        &self,
        source: IpAddr,
        questions: Vec<Question>,
    ) -> Result<Vec<Verdict>, ReadError> {
        let source = source.to_canonical();
        let mut machine = self.machine.clone();
        machine.find_routes(&self.place, &[source]).await;
        let mut destinations = machine.addresses.clone().unwrap_or_default();
        destinations.extend(&self.targets);
        let asked = Asked {
            source,
            destinations: &destinations,
        };
        let mut ipsets = Vec::new();
        let uses = self.model.uses.iter().enumerate();
        for (at, used) in uses.filter(|(_, used)| used.set.is_of_ipset()) {
            let held = self.ipsets.members(&self.place, used, asked).await;
            ipsets.push((at, held));
        }
        let (model, place) = (Arc::clone(&self.model), self.place.clone());
        let judged = tokio::task::spawn_blocking(move || {
            let asked = Asked {
                source,
                destinations: &destinations,
            };
            let mut members = sets(&model, &place, asked);
            for (place, held) in ipsets {
                if let Some(members) = members.get_mut(place) {
                    *members = held;
                }
            }
            let bench = Bench {
                model: &model,
                members: &members,
                machine: &machine,
            };
            let asked = questions.into_iter().filter_map(|question| {
                let canonical = question.source.to_canonical();
                (canonical == source).then_some(Question { source, ..question })
            });
            let verdicts = asked.map(|question| bench.verdict(&question));
            verdicts.collect()
        });
        judged.await.map_err(failed)
    }

    pub(crate) fn model(&self) -> Arc<Model> {
        Arc::clone(&self.model)
    }

    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ReadError {
    ReadError::Kernel(std::io::Error::other(error))
}

/// What the sets of nftables hold.
fn sets(model: &Model, place: &Place, asked: Asked<'_>) -> Vec<Members> {
    let mut socket = Socket::open(place);
    model
        .uses
        .iter()
        .map(|used| match &mut socket {
            Ok(socket) => resolve::members(socket, used, asked),
            Err(OpenError::Socket(error)) => Members::unreadable(error.to_string()),
            Err(OpenError::Namespace { source, .. }) => Members::unreadable(source.to_string()),
        })
        .collect()
}

/// All addresses to which destinations are translated.
fn targets(model: &Model) -> Vec<IpAddr> {
    let rules = model.chains.iter().flat_map(|chain| &chain.rules);
    let steps = rules.flat_map(|rule| &rule.steps);
    let mut all: Vec<IpAddr> = steps
        .flat_map(|step| match step {
            Step::Translate { targets, .. } => addresses(targets),
            _ => Vec::new(),
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn addresses(targets: &Targets) -> Vec<IpAddr> {
    let one = |address: &TargetAddress| match address {
        TargetAddress::One(address) => Some(*address),
        _ => None,
    };
    match targets {
        Targets::One(target) => one(&target.address).into_iter().collect(),
        Targets::Map { entries, .. } => entries
            .iter()
            .filter_map(|(_, target)| one(&target.address))
            .collect(),
        Targets::Named(_) => Vec::new(),
    }
}
