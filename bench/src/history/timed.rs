//! How long the questions take, through the port.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{HistoryReads, Storage as _};
use storage::Sqlite;
use tokio::task::JoinSet;

use super::{
    make::World,
    questions::{Make, QUESTIONS, Question},
};
use crate::{
    Error,
    figures::{Figure, Times, millis, quietest},
};

/// Runs of each question, each with other values.
const RUNS: usize = 200;
/// What each question is asked with is the same in each run of the program.
const SEED: u64 = 11;

/// Times of every question.
pub(crate) async fn measure(
    storage: &Sqlite,
    world: &World,
    (limit, only): (f64, &str),
) -> Result<Vec<Figure>, Error> {
    let history = storage.history();
    let mut figures = Vec::new();
    for (what, make) in QUESTIONS {
        if !what.contains(only) {
            continue;
        }
        let mut random = fastrand::Rng::with_seed(SEED);
        let ((times, processor), others) = quietest(
            |(times, _): &(Times, Times)| times.share_of(limit),
            async || both_times(&history, questions(world, *make, &mut random, RUNS)).await,
        )
        .await?;
        figures.push(
            Figure::time(format!("{what}, p99"), times.percentile(99))
                .at_most(limit)
                .note(format!(
                    "median {:.3} ms; on the processor {:.3} and {:.3} ms{others}",
                    millis(times.median()),
                    millis(processor.median()),
                    millis(processor.percentile(99)),
                )),
        );
    }
    Ok(figures)
}

pub(crate) async fn times(
    history: &Arc<dyn HistoryReads>,
    world: &World,
    make: Make,
    runs: usize,
) -> Result<Times, Error> {
    let mut random = fastrand::Rng::with_seed(SEED);
    Ok(
        both_times(history, questions(world, make, &mut random, runs))
            .await?
            .0,
    )
}

/// The first of them warm the caches of the system, as a running server has them.
const WARM: usize = 10;

fn questions(world: &World, make: Make, random: &mut fastrand::Rng, runs: usize) -> Vec<Question> {
    (0..runs + WARM).map(|_| make(world, random)).collect()
}

/// By the clock, and on the processor: the latter tells the same also while others use the machine.
async fn both_times(
    history: &Arc<dyn HistoryReads>,
    questions: Vec<Question>,
) -> Result<(Times, Times), Error> {
    let times = asked(history, questions).await?.into_iter().skip(WARM);
    let (times, processor) = times.unzip();
    Ok((Times::new(times), Times::new(processor)))
}

/// Asks one after another: the time of each by the clock and on the processor. As a task, which a thread of the runtime runs: a server asks from such.
pub(super) async fn asked(
    history: &Arc<dyn HistoryReads>,
    questions: Vec<Question>,
) -> Result<Vec<(Duration, Duration)>, Error> {
    let history = Arc::clone(history);
    let mut asking = JoinSet::new();
    asking.spawn(async move {
        let mut times = Vec::with_capacity(questions.len());
        for question in questions {
            let (began, used) = (Instant::now(), super::processor());
            question.ask(&*history).await?;
            times.push((began.elapsed(), super::processor().saturating_sub(used)));
        }
        Ok(times)
    });
    match asking.join_next().await {
        Some(Ok(times)) => times,
        Some(Err(error)) => Err(Error::Program(error.to_string())),
        None => Ok(Vec::new()),
    }
}
