//! The rules of one chain.
use super::{Spot, Walk, Ways};
use crate::truth::{
    fact::Fact,
    model::{Decision, Field, Step, Target, TargetAddress, TargetPort, Targets, Version},
    state::State,
    three::Three,
    verdict::{Doubt, Path},
};

/// The kernel's own limit is 16.
const MAX_DEPTH: usize = 32;

impl Walk<'_> {
    /// All rules of a chain, for packets that get there certainly or perhaps. What is left over goes back.
    pub(super) fn chain(&mut self, chain: usize, mut reached: Three, depth: usize) -> Ways {
        let mut all = Ways::default();
        let before = self.here;
        let live = self.live;
        for rule in live.get(chain).into_iter().flatten() {
            self.here = Spot {
                chain,
                rule: Some(*rule),
            };
            let ways = self.rule(reached, depth);
            all.also(Ways { on: false, ..ways });
            if !ways.on {
                self.here = before;
                return all;
            }
            if ways.accepted || ways.left {
                reached = Three::Maybe;
            }
        }
        self.here = before;
        all.left = true;
        all
    }

    fn rule(&mut self, reached: Three, depth: usize) -> Ways {
        let here = self.here;
        let Some(budget) = self.budget.checked_sub(1) else {
            return self.somehow(Doubt::Size);
        };
        *self.budget = budget;
        let model = self.scene.model;
        let rule = model.chains.get(here.chain).zip(here.rule);
        let Some(rule) = rule.and_then(|(chain, rule)| chain.rules.get(rule)) else {
            return Ways::ON;
        };
        let mut taken = Three::Yes;
        let mut doubts = Vec::new();
        for step in &rule.steps {
            if let Step::Test(test) = step {
                let (answer, doubt) = self.scene.test(test, &self.state);
                doubts.extend(doubt);
                taken = taken.and(answer);
                if taken == Three::No {
                    return Ways::ON;
                }
                continue;
            }
            let mut ways = self.step(step, reached.and(taken), depth);
            if taken == Three::Maybe && ways != Ways::ON {
                ways.on = true;
                for doubt in doubts.drain(..) {
                    self.doubt(doubt, here);
                }
            }
            if step.decides() {
                return ways;
            }
        }
        Ways::ON
    }

    /// Does what a rule does, for packets that get there certainly or perhaps.
    fn step(&mut self, step: &Step, reached: Three, depth: usize) -> Ways {
        match step {
            Step::Test(_) => Ways::ON,
            Step::Decide(decision) => self.decide(decision, reached, depth),
            Step::DecideBy { fields, entries } => {
                let entries = self.scene.entries(fields, entries, &self.state);
                self.decide_by(entries, fields, reached, depth)
            }
            Step::DecideByNamed(used) => self.decide_by_named(*used, reached, depth),
            Step::EndSomehow(doubt) => self.somehow(doubt.clone()),
            Step::Anything(doubt) => {
                let ways = self.somehow(doubt.clone());
                Ways { on: true, ..ways }
            }
            Step::Translate { version, targets } => self.translate(*version, targets, reached),
            effect => {
                let mut after = self.state.clone();
                after.suffer(effect);
                self.become_after(after, reached);
                Ways::ON
            }
        }
    }

    fn become_after(&mut self, after: State, reached: Three) {
        self.state = if reached == Three::Yes {
            after
        } else {
            self.state.clone().join(after)
        };
    }

    fn decide(&mut self, decision: &Decision, reached: Three, depth: usize) -> Ways {
        let mut ways = Ways::default();
        match decision {
            Decision::Accept => ways.accepted = true,
            Decision::Drop => {
                ways.dropped = true;
                self.dropped_at = Some(self.here);
            }
            Decision::Return => ways.left = true,
            Decision::Continue => ways.on = true,
            Decision::Jump(name) => {
                ways = self.call(name, reached, depth);
                ways.on |= std::mem::take(&mut ways.left);
            }
            Decision::Goto(name) => ways = self.call(name, reached, depth),
        }
        ways
    }

    fn call(&mut self, name: &str, reached: Three, depth: usize) -> Ways {
        let model = self.scene.model;
        let table = model.chains.get(self.here.chain).map(|chain| &chain.table);
        let Some(chain) = table.and_then(|table| model.find(table, name)) else {
            let ways = self.somehow(unknown(&format!("jump {name}")));
            return Ways { left: true, ..ways };
        };
        if depth >= MAX_DEPTH {
            return self.somehow(Doubt::Size);
        }
        self.chain(chain, reached, depth + 1)
    }

    fn decide_by(
        &mut self,
        entries: Vec<(Three, Decision)>,
        fields: &[Field],
        reached: Three,
        depth: usize,
    ) -> Ways {
        let certain = entries.iter().any(|(answer, _)| *answer == Three::Yes);
        let one = certain && entries.len() == 1;
        let reached = if one {
            reached
        } else {
            reached.and(Three::Maybe)
        };
        if !one && !entries.is_empty() {
            let doubt = fields
                .iter()
                .find(|field| !self.scene.fact(field, &self.state).is_known())
                .map_or_else(|| unknown("entry of a map"), Field::doubt);
            self.doubt(doubt, self.here);
        }
        let mut all = Ways {
            on: !certain,
            ..Ways::default()
        };
        for (_, decision) in entries {
            let ways = self.decide(&decision, reached, depth);
            all.also(ways);
        }
        all
    }

    fn decide_by_named(&mut self, used: usize, reached: Three, depth: usize) -> Ways {
        let scene = self.scene;
        let (Some(members), Some(of)) = (scene.members.get(used), scene.model.uses.get(used))
        else {
            return self.anything(Doubt::Size);
        };
        let facts: Vec<Fact> = of
            .fields
            .iter()
            .map(|field| scene.fact(field, &self.state))
            .collect();
        match members.decisions(of, &facts, &self.state) {
            Ok(entries) => self.decide_by(entries, &of.fields, reached, depth),
            Err(doubt) => self.anything(doubt),
        }
    }

    fn translate(&mut self, version: Option<Version>, targets: &Targets, reached: Three) -> Ways {
        if version.is_some_and(|version| version != self.packet().version()) {
            return Ways::ON;
        }
        let found = self.targets(targets);
        let certain = found.iter().any(|(answer, _)| *answer == Three::Yes);
        let reached = if certain && found.len() == 1 {
            reached
        } else {
            reached.and(Three::Maybe)
        };
        self.translated_all |= reached == Three::Yes;
        let mut ways = Ways {
            on: !certain,
            ..Ways::default()
        };
        for (_, target) in found {
            let mut after = self.state.clone();
            after.translate(target, self.packet());
            if matches!(targets, Targets::Named(_)) {
                // What sets hold was not asked for addresses from the kernel's own maps.
                after.destination = Fact::some();
            }
            let path = self.packet().path;
            let stays = match path {
                Path::HostInput => after.local != Three::No,
                Path::Forwarded => after.local != Three::Yes,
                Path::PublishedPort => {
                    after.local != Three::Yes && target.address != TargetAddress::Kept
                }
            };
            // Others are not on this path any more.
            if !stays {
                self.some_left_path = true;
                if !certain {
                    self.doubt(Doubt::Destination, self.here);
                }
                continue;
            }
            ways.accepted = true;
            after.local = Three::from(path == Path::HostInput);
            if path == Path::PublishedPort {
                self.translations.push(after);
            } else {
                self.become_after(after, reached);
            }
        }
        ways
    }

    fn targets(&self, targets: &Targets) -> Vec<(Three, Target)> {
        match targets {
            Targets::One(target) => vec![(Three::Yes, *target)],
            Targets::Map { fields, entries } => self.scene.entries(fields, entries, &self.state),
            Targets::Named(used) => {
                let scene = self.scene;
                let (Some(members), Some(of)) =
                    (scene.members.get(*used), scene.model.uses.get(*used))
                else {
                    let target = Target {
                        address: TargetAddress::Unknown,
                        port: TargetPort::Unknown,
                    };
                    return vec![(Three::Maybe, target)];
                };
                let facts: Vec<Fact> = of
                    .fields
                    .iter()
                    .map(|field| self.scene.fact(field, &self.state))
                    .collect();
                members.targets(of, &facts, &self.state)
            }
        }
    }

    /// It ends, but it is not known how.
    fn somehow(&mut self, doubt: Doubt) -> Ways {
        self.doubt(doubt, self.here);
        self.dropped_at = Some(self.here);
        Ways {
            dropped: true,
            accepted: true,
            ..Ways::default()
        }
    }

    /// Nothing is known.
    fn anything(&mut self, doubt: Doubt) -> Ways {
        let ways = self.somehow(doubt);
        Ways {
            on: true,
            left: true,
            ..ways
        }
    }
}

fn unknown(text: &str) -> Doubt {
    Doubt::Unknown {
        text: text.to_owned(),
    }
}
