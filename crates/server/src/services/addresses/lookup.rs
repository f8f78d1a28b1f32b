//! Asking others about an address. It tells them that somebody here looks at it, so it is off until an administrator allows it, done only when a person says so, and written down.
use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{
    AuditAction, Clock, LookupError, Lookups, NewAuditEntry, Outcome, Registration, Timestamp,
};
use ipnet::IpNet;
use serde_json::json;
use tokio::sync::Semaphore;

use super::scope::{Scope, scope};
use crate::{
    permission::Author,
    problem::{Code, Problem},
    services::{limits::Verdict, settings},
    state::WriteState,
};

/// How long an answer is kept: names and registrations change seldom.
const KEPT_MILLIS: i64 = 24 * 3_600_000;
/// The most answers that are kept, at most about 4 MB.
const MAX_KEPT: usize = 1_000;
/// The most questions under way; each ends within seconds.
const MAX_AT_ONCE: usize = 4;

/// What is asked about whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Question {
    /// The name of an address.
    Name(IpAddr),
    /// Whose a network is.
    Registration(IpNet),
}

/// What was answered; `None` is an answer too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The name.
    Name(Option<String>),
    /// The registration.
    Registration(Option<Registration>),
}

/// An answer, and from when it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// What was answered.
    pub(crate) answer: Answer,
    /// When.
    pub(crate) at: Timestamp,
}

/// Who can be asked, and what was answered lately.
pub(crate) struct AddressLookups {
    asks: Arc<dyn Lookups>,
    clock: Arc<dyn Clock>,
    kept: Mutex<Answers>,
    turns: Semaphore,
}

#[derive(Default)]
struct Answers {
    by_question: HashMap<Question, Kept>,
    /// In the order of answering, which is that of forgetting.
    age: VecDeque<(Timestamp, Question)>,
}

/// Answers a question from memory, or else asks and writes it down. The flag says whether the answer was kept from before.
///
/// # Errors
/// `online-lookups-off`, `invalid` for an address that is nobody's on the Internet, `too-many-attempts`, `lookup-failed`, `lookup-timeout`, and storage's.
pub(crate) async fn look_up(
    state: &WriteState,
    author: Author,
    question: Question,
) -> Result<(Kept, bool), Problem> {
    if !settings::current(&state.reads).await?.online_lookups {
        return Err(Problem::new(Code::OnlineLookupsOff).remedy(
            "An administrator can allow them in the settings. They tell others which addresses you look at.",
        ));
    }
    if scope(question.network()) != Scope::Public {
        return Err(Problem::invalid(
            "ip",
            "not-public",
            "Nobody outside knows anything about it: ask about an address of the Internet.",
        ));
    }
    if let Some(kept) = state.lookups.kept(question) {
        return Ok((kept, true));
    }
    if let Verdict::Limited {
        retry_after_seconds,
        ..
    } = state.reads.guesses.by_lookup(&author.actor)
    {
        return Err(Problem::new(Code::TooManyAttempts).retry_after(retry_after_seconds));
    }
    let whole = state.clone();
    // What has been asked is written down, also when nobody waits for the answer any more.
    let asking = state
        .deeds
        .tracker()
        .spawn(async move { ask(&whole, &author, question).await });
    let kept = asking.await.unwrap_or_else(|error| {
        tracing::error!(error = %error, "a lookup did not come to its end");
        Err(Problem::new(Code::Internal))
    })?;
    Ok((kept, false))
}

async fn ask(state: &WriteState, author: &Author, question: Question) -> Result<Kept, Problem> {
    let answered = state.lookups.ask(question).await;
    let (outcome, error) = match &answered {
        Ok(_) => (Outcome::Success, None),
        Err(error) => (Outcome::Failed, Some(error.to_string())),
    };
    let entry = NewAuditEntry {
        target: question.subject(),
        outcome,
        detail: json!({ "what": question.what(), "error": error }),
        ..author.entry(state.reads.clock.now(), AuditAction::AddressLookedUp)
    };
    let recorded = state.storage.record(std::slice::from_ref(&entry)).await;
    let kept = answered?;
    recorded?;
    Ok(kept)
}

impl Question {
    fn network(self) -> IpNet {
        match self {
            Self::Name(address) => domain::canonical(address).into(),
            Self::Registration(network) => network,
        }
    }

    const fn what(self) -> &'static str {
        match self {
            Self::Name(_) => "name",
            Self::Registration(_) => "rdap",
        }
    }

    fn subject(self) -> String {
        domain::BanSubject::Network(self.network()).to_string()
    }
}

impl AddressLookups {
    /// Nobody has been asked yet.
    pub(crate) fn new(asks: Arc<dyn Lookups>, clock: Arc<dyn Clock>) -> Self {
        Self {
            asks,
            clock,
            kept: Mutex::default(),
            turns: Semaphore::new(MAX_AT_ONCE),
        }
    }

    fn kept(&self, question: Question) -> Option<Kept> {
        let now = self.clock.now();
        let mut answers = self.lock();
        answers.forget(now);
        answers.by_question.get(&question).cloned()
    }

    async fn ask(&self, question: Question) -> Result<Kept, LookupError> {
        // Never closed.
        let _turn = self.turns.acquire().await;
        let answer = match question {
            Question::Name(address) => Answer::Name(self.asks.name(address).await?),
            Question::Registration(network) => {
                Answer::Registration(self.asks.registration(network).await?)
            }
        };
        let at = self.clock.now();
        let kept = Kept { answer, at };
        self.lock().keep(question, kept.clone());
        Ok(kept)
    }

    /// A panic while the lock was held leaves an answer too many or too few.
    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answers {
    fn keep(&mut self, question: Question, kept: Kept) {
        self.forget(kept.at);
        if self.age.len() >= MAX_KEPT {
            self.drop_oldest();
        }
        self.age.push_back((kept.at, question));
        self.by_question.insert(question, kept);
    }

    fn forget(&mut self, now: Timestamp) {
        while let Some((at, _)) = self.age.front()
            && now.millis_since(*at) >= KEPT_MILLIS
        {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        let Some((at, question)) = self.age.pop_front() else {
            return;
        };
        // The same question may have been answered again since.
        if self
            .by_question
            .get(&question)
            .is_some_and(|kept| kept.at == at)
        {
            self.by_question.remove(&question);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(number: u32) -> Question {
        Question::Name(std::net::Ipv4Addr::from(0x0800_0000 + number).into())
    }

    fn kept(at: Timestamp) -> Kept {
        Kept {
            answer: Answer::Name(None),
            at,
        }
    }

    #[test]
    fn answers_are_kept_for_a_day_and_no_more_than_the_limit() {
        let start = Timestamp::from_millis(1_795_435_200_000);
        let mut answers = Answers::default();
        for number in 0..1_500 {
            answers.keep(question(number), kept(start.plus_seconds(number.into())));
        }
        assert_eq!(answers.by_question.len(), MAX_KEPT);
        assert!(!answers.by_question.contains_key(&question(499)));
        assert!(answers.by_question.contains_key(&question(500)));
        answers.forget(start.plus_seconds(86_400 + 999));
        assert_eq!((answers.by_question.len(), answers.age.len()), (500, 500));
        assert!(answers.by_question.contains_key(&question(1_000)));
    }
}
