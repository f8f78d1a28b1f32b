//! What this agent itself ordered, so that its effects are known as made by hand, or for a list.
use std::collections::VecDeque;

use domain::{Origin, Timestamp};

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

    /// For whom a ban was ordered, if it was.
    pub(super) fn origin_of_ban(&self, key: &Key, at: Timestamp) -> Option<Origin> {
        self.in_time(at).find_map(|(order, _)| match order {
            Order::Ban { key: of, for_list } if of == key => Some(if *for_list {
                Origin::Blocklist
            } else {
                Origin::Manual
            }),
            _ => None,
        })
    }

    /// Whether the end of a ban was ordered. A ban that began after the order is another one.
    pub(super) fn has_unban(&self, key: &Key, began: Option<Timestamp>, at: Timestamp) -> bool {
        self.in_time(at).any(|(order, given)| {
            let fits = match order {
                Order::Unban(of) => of == key,
                Order::UnbanEverything => true,
                Order::Ban { .. } => false,
            };
            fits && began.is_none_or(|began| began <= *given)
        })
    }

    /// A ban has ended: what was ordered before has had its effect, and says nothing of the next one.
    pub(super) fn over(&mut self, key: &Key, at: Timestamp) {
        self.given.retain(|(order, given)| {
            let of = match order {
                Order::Ban { key: of, .. } | Order::Unban(of) => Some(of),
                Order::UnbanEverything => None,
            };
            of != Some(key) || *given > at
        });
    }

    /// The orders whose effect may be logged then.
    fn in_time(&self, at: Timestamp) -> impl Iterator<Item = &(Order, Timestamp)> {
        self.given.iter().filter(move |(_, given)| {
            (-BEFORE_MILLIS..=AFTER_MILLIS).contains(&at.millis_since(*given))
        })
    }
}
