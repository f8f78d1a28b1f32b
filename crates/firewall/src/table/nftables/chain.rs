//! Chains and their rules, as they are to be and as they are.
use super::{
    expression::{Expression, Verdict},
    layout::NAMES,
    number::{LIST_ELEMENT, chain, rule},
    set::{find_user_data, user_text},
};
use crate::{
    netlink::{Attributes, Body, text},
    table::Counter,
};

/// After connections are tracked (-200) and before destinations are rewritten (-100): so ports of containers are covered.
const PRIORITY: i32 = -150;
/// `NF_ACCEPT`: what no rule decides on goes on.
const POLICY_ACCEPT: u32 = 1;
const TYPE: &str = "filter";

/// Where the kernel calls a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hook {
    Prerouting,
    Forward,
    Output,
}

impl Hook {
    const fn number(self) -> u32 {
        match self {
            Self::Prerouting => 0,
            Self::Forward => 2,
            Self::Output => 3,
        }
    }
}

/// How the kernel calls a chain, as it says it itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base {
    hook: u32,
    priority: i32,
    policy: u32,
    kind: String,
}

impl Base {
    pub(super) fn of(hook: Hook) -> Self {
        Self {
            hook: hook.number(),
            priority: PRIORITY,
            policy: POLICY_ACCEPT,
            kind: TYPE.to_owned(),
        }
    }

    pub(super) fn read(attributes: Attributes<'_>) -> Option<Self> {
        let hook = attributes.within(chain::HOOK);
        Some(Self {
            hook: hook.u32(chain::HOOK_NUMBER)?,
            priority: i32::from_be_bytes(hook.get(chain::HOOK_PRIORITY)?.try_into().ok()?),
            policy: attributes.u32(chain::POLICY).unwrap_or(POLICY_ACCEPT),
            kind: attributes.text(chain::TYPE)?.to_owned(),
        })
    }

    fn write(&self, body: &mut Body) {
        body.nest(chain::HOOK, |hook| {
            hook.put_u32(chain::HOOK_NUMBER, self.hook);
            hook.put(chain::HOOK_PRIORITY, &self.priority.to_be_bytes());
        });
        body.put_u32(chain::POLICY, self.policy);
        body.put_text(chain::TYPE, &self.kind);
    }
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rule {
    pub(super) expressions: Vec<Expression>,
    pub(super) comment: Option<String>,
}

impl Rule {
    pub(super) fn of(expressions: impl IntoIterator<Item = Expression>) -> Self {
        Self {
            expressions: expressions.into_iter().collect(),
            comment: None,
        }
    }

    pub(super) fn commented(mut self, comment: String) -> Self {
        self.comment = Some(comment);
        self
    }

    /// For the message that adds it to a chain.
    pub(super) fn write(&self, table: &str, chain: &str) -> Body {
        let mut body = place(table, chain);
        body.nest(rule::EXPRESSIONS, |list| {
            for expression in &self.expressions {
                list.nest(LIST_ELEMENT, |body| expression.write(body));
            }
        });
        if let Some(comment) = &self.comment {
            body.put(rule::USER_DATA, &user_text(rule::COMMENT, comment));
        }
        body
    }
}

/// A rule that is in the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeldRule {
    pub(super) chain: String,
    /// `None` where it has steps that no rule of ours has.
    pub(super) rule: Option<Rule>,
    /// What its counter counted.
    pub(super) counter: Option<Counter>,
}

impl HeldRule {
    pub(super) fn read(attributes: Attributes<'_>) -> Option<Self> {
        let expressions = || {
            attributes
                .within(rule::EXPRESSIONS)
                .each()
                .map(|(_, bytes)| Attributes::new(bytes))
        };
        let comment = attributes
            .get(rule::USER_DATA)
            .and_then(|data| find_user_data(data, rule::COMMENT))
            .and_then(text);
        let read: Option<Vec<Expression>> = expressions()
            .map(|expression| Expression::read(expression, &NAMES))
            .collect();
        Some(Self {
            chain: attributes.text(rule::CHAIN)?.to_owned(),
            rule: read.map(|expressions| Rule {
                expressions,
                comment: comment.map(str::to_owned),
            }),
            counter: expressions().find_map(Expression::counted),
        })
    }
}

/// A chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) name: &'static str,
    pub(super) base: Option<Base>,
    pub(super) rules: Vec<Rule>,
}

impl Chain {
    /// For the message that makes it.
    pub(super) fn write(&self, table: &str) -> Body {
        let mut body = Body::default();
        body.put_text(chain::TABLE, table);
        body.put_text(chain::NAME, self.name);
        if let Some(base) = &self.base {
            base.write(&mut body);
        }
        body
    }

    /// The chains to which its rules go.
    pub(super) fn goes_to(&self) -> impl Iterator<Item = &'static str> {
        self.rules
            .iter()
            .flat_map(|rule| &rule.expressions)
            .filter_map(|expression| match expression {
                Expression::Verdict(Verdict::Jump(chain) | Verdict::Goto(chain)) => Some(*chain),
                _ => None,
            })
    }
}

/// The table and the chain of a message about rules.
pub(super) fn place(table: &str, chain: &str) -> Body {
    let mut body = Body::default();
    body.put_text(rule::TABLE, table);
    body.put_text(rule::CHAIN, chain);
    body
}
