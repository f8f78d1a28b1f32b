//! What this agent itself ordered, so that its effects are known as made by hand.
use std::collections::VecDeque;

use domain::Timestamp;

use crate::hear::facts::{Key, Order};

/// An order's effect is logged while it is under way; orders of many bans queue behind each other.
const BEFORE_MILLIS: i64 = 2_000;
const AFTER_MILLIS: i64 = 120_000;

/// The most orders that are remembered.
const MAX_ORDERS: usize = 2_000;

#[derive(Debug, Default)]
pub(super) struct Orders {
    given: VecDeque<(Order, Timestamp)>,
}

impl Orders {
    pub(super) fn push(&mut self, order: Order, at: Timestamp) {
        if self.given.len() >= MAX_ORDERS {
            self.given.pop_front();
        }
        self.given.push_back((order, at));
    }

    pub(super) fn has_ban(&self, key: &Key, at: Timestamp) -> bool {
        self.any(at, |order, _| matches!(order, Order::Ban(of) if of == key))
    }

    /// Whether the end of a ban was ordered. A ban that began after the order is another one.
    pub(super) fn has_unban(&self, key: &Key, began: Option<Timestamp>, at: Timestamp) -> bool {
        self.any(at, |order, given| {
            let fits = match order {
                Order::Unban(of) => of == key,
                Order::UnbanEverything => true,
                Order::Ban(_) => false,
            };
            fits && began.is_none_or(|began| began <= given)
        })
    }

    /// A ban has ended: what was ordered before has had its effect, and says nothing of the next one.
    pub(super) fn over(&mut self, key: &Key, at: Timestamp) {
        self.given.retain(|(order, given)| {
            let of = match order {
                Order::Ban(of) | Order::Unban(of) => Some(of),
                Order::UnbanEverything => None,
            };
            of != Some(key) || *given > at
        });
    }

    fn any(&self, at: Timestamp, fits: impl Fn(&Order, Timestamp) -> bool) -> bool {
        self.given.iter().any(|(order, given)| {
            let in_time = (-BEFORE_MILLIS..=AFTER_MILLIS).contains(&at.millis_since(*given));
            in_time && fits(order, *given)
        })
    }
}
