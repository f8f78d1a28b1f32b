//! Who banned and unbanned through BanGUI lately, so that what the agent hears of it gets a name.
//!
//! The daemon does not know persons. What was ordered is remembered before it is sent, and an event that fits (host, jail, subject, soon afterwards) is theirs.
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{
    Actor, BanCommand, BanSubject, Clock, EventKind, HeardEvent, HostId, JailName, Origin,
    Timestamp, UnbanCause, UnbanCommand, UnbanScope, UserName,
};

/// The most targets that are remembered; two of the largest jobs.
const MAX_ORDERS: usize = 20_000;
/// How long an event may come after its order: a busy daemon takes its time for an order of 20 bans.
const AFTER_MILLIS: i64 = 60_000;
/// fail2ban's clock has whole seconds in places.
const BEFORE_MILLIS: i64 = 2_000;
/// How long an order is remembered: the same event is told again when more is known of it.
const REMEMBERED_MILLIS: i64 = 10 * 60_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Ban,
    Unban,
}

/// Whom an order is about; `None` is everybody.
type Key = (What, Option<BanSubject>);

#[derive(Debug, Clone)]
struct Order {
    host: HostId,
    /// `None` is every jail.
    jail: Option<JailName>,
    user: UserName,
    at: Timestamp,
}

#[derive(Debug, Default)]
struct Remembered {
    orders: HashMap<Key, Vec<Order>>,
    /// In the order of remembering, which is that of forgetting.
    age: VecDeque<(Timestamp, Key)>,
}

/// See the module.
pub(crate) struct Orders {
    clock: Arc<dyn Clock>,
    remembered: Mutex<Remembered>,
}

/// Orders of one person to one host.
#[derive(Clone)]
pub(crate) struct OrdersOf {
    orders: Arc<Orders>,
    host: HostId,
    user: Option<UserName>,
}

impl Orders {
    /// None yet.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            remembered: Mutex::default(),
        }
    }

    /// The orders of a person to a host.
    pub(crate) fn of(self: &Arc<Self>, actor: &Actor, host: &HostId) -> OrdersOf {
        let user = match actor {
            Actor::User { name, .. } => Some(name.clone()),
            Actor::Visitor { .. } | Actor::System => None,
        };
        OrdersOf {
            orders: Arc::clone(self),
            host: host.clone(),
            user,
        }
    }

    /// Who ordered what was heard; `None` when nobody did, or the event did not come from an order.
    pub(crate) fn who(&self, host: &HostId, event: &HeardEvent) -> Option<UserName> {
        let what = match (event.kind, event.origin, event.cause) {
            (EventKind::Ban, Origin::Manual, _) => What::Ban,
            (EventKind::Unban, _, Some(UnbanCause::ByHand)) => What::Unban,
            _ => return None,
        };
        let remembered = self.lock();
        [Some(event.subject.clone()), None]
            .into_iter()
            .filter_map(|subject| remembered.orders.get(&(what, subject)))
            .flatten()
            .filter(|order| order.fits(host, event))
            .max_by_key(|order| order.at)
            .map(|order| order.user.clone())
    }

    fn remember(&self, key: Key, order: Order) {
        let now = order.at;
        let mut remembered = self.lock();
        remembered.forget(now);
        remembered.age.push_back((now, key.clone()));
        remembered.orders.entry(key).or_default().push(order);
    }

    /// A panic while the lock was held leaves an order too many or too few.
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl OrdersOf {
    /// To be called before a ban is sent.
    pub(crate) fn ban(&self, command: &BanCommand) {
        for target in &command.targets {
            self.remember(
                What::Ban,
                Some(BanSubject::Network(*target)),
                Some(command.jail.clone()),
            );
        }
    }

    /// To be called before an unban is sent.
    pub(crate) fn unban(&self, command: &UnbanCommand) {
        let jail = match &command.scope {
            UnbanScope::Jail(jail) => Some(jail.clone()),
            UnbanScope::AllJails => None,
        };
        for subject in &command.subjects {
            self.remember(What::Unban, Some(subject.clone()), jail.clone());
        }
    }

    /// To be called before everybody is unbanned.
    pub(crate) fn unban_everything(&self) {
        self.remember(What::Unban, None, None);
    }

    fn remember(&self, what: What, subject: Option<BanSubject>, jail: Option<JailName>) {
        let Some(user) = &self.user else {
            return;
        };
        let order = Order {
            host: self.host.clone(),
            jail,
            user: user.clone(),
            at: self.orders.clock.now(),
        };
        self.orders.remember((what, subject), order);
    }
}

impl Order {
    fn fits(&self, host: &HostId, event: &HeardEvent) -> bool {
        let after = event.at.millis_since(self.at);
        self.host == *host
            && self.jail.as_ref().is_none_or(|jail| *jail == event.jail)
            && (-BEFORE_MILLIS..=AFTER_MILLIS).contains(&after)
    }
}

impl Remembered {
    fn forget(&mut self, now: Timestamp) {
        while let Some((at, _)) = self.age.front() {
            if self.age.len() < MAX_ORDERS && now.millis_since(*at) <= REMEMBERED_MILLIS {
                return;
            }
            let Some((at, key)) = self.age.pop_front() else {
                return;
            };
            if let Some(orders) = self.orders.get_mut(&key) {
                if let Some(oldest) = orders.iter().position(|order| order.at <= at) {
                    orders.remove(oldest);
                }
                if orders.is_empty() {
                    self.orders.remove(&key);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
