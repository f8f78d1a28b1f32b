//! How many clients may listen, in all and with one session.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::SessionId;

/// The most clients in all: each costs some kilobytes and a socket.
const MAX_SEATS: usize = 2_000;
/// The most clients with one session: tabs of one browser.
const MAX_SEATS_OF_SESSION: usize = 20;

/// No seat is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

/// Seats that are taken, by session.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seats {
    taken: Arc<Mutex<HashMap<SessionId, usize>>>,
}

/// A seat, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    session: SessionId,
    seats: Seats,
}

impl Seats {
    /// A seat, unless all are taken.
    pub(crate) fn take(&self, session: &SessionId) -> Result<Seat, TooMany> {
        let mut taken = self.lock();
        let all: usize = taken.values().sum();
        let own = taken.get(session).copied().unwrap_or_default();
        if all >= MAX_SEATS || own >= MAX_SEATS_OF_SESSION {
            return Err(TooMany);
        }
        taken.insert(session.clone(), own + 1);
        Ok(Seat {
            session: session.clone(),
            seats: self.clone(),
        })
    }

    /// Counts are whole at every moment, also after a panic.
    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        let left = taken.get(&self.session).copied().unwrap_or_default();
        match left.checked_sub(1) {
            Some(left @ 1..) => {
                taken.insert(self.session.clone(), left);
            }
            Some(0) | None => {
                taken.remove(&self.session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_of_a_session_are_limited_and_given_back() {
        let seats = Seats::default();
        let session = SessionId("a".to_owned());
        let mut held: Vec<Seat> = (0..MAX_SEATS_OF_SESSION)
            .map(|_| seats.take(&session).unwrap())
            .collect();
        assert_eq!(seats.take(&session).unwrap_err(), TooMany);
        assert!(seats.take(&SessionId("b".to_owned())).is_ok());
        held.pop();
        held.push(seats.take(&session).unwrap());
        drop(held);
        assert!(seats.lock().is_empty());
    }

    #[test]
    fn seats_in_all_are_limited() {
        let seats = Seats::default();
        let held: Vec<Seat> = (0..MAX_SEATS)
            .map(|at| seats.take(&SessionId(at.to_string())).unwrap())
            .collect();
        assert_eq!(
            seats.take(&SessionId("new".to_owned())).unwrap_err(),
            TooMany
        );
        drop(held);
        assert!(seats.take(&SessionId("new".to_owned())).is_ok());
    }
}
