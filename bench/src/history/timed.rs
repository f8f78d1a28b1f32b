//! How long the questions take, through the port.
use std::{collections::BTreeMap, time::Instant};

use domain::{HistoryReads, Storage as _};
use storage::Sqlite;

use super::{
    make::World,
    questions::{Make, QUESTIONS},
};
use crate::{
    Error,
    figures::{Figure, Rounds, Times, millis, quietest},
};

/// Runs of each question, each with other values.
const RUNS: usize = 200;
/// What each question is asked with is the same in each run of the program.
const SEED: u64 = 11;

/// The median of each question, in seconds.
pub(crate) type Medians = BTreeMap<String, f64>;

/// Times of every question.
pub(crate) async fn measure(
    storage: &Sqlite,
    world: &World,
    (limit, only): (f64, &str),
) -> Result<(Vec<Figure>, Medians), Error> {
    let history = storage.history();
    let mut figures = Vec::new();
    let mut medians = Medians::new();
    for (what, make) in QUESTIONS {
        if !what.contains(only) {
            continue;
        }
        let mut random = fastrand::Rng::with_seed(SEED);
        let Rounds {
            times,
            beside: processor,
            others,
        } = quietest(limit, async || {
            both_times(&*history, world, (*make, &mut random), RUNS).await
        })
        .await?;
        medians.insert((*what).to_owned(), times.median().as_secs_f64());
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
    Ok((figures, medians))
}

pub(crate) async fn times(
    history: &dyn HistoryReads,
    world: &World,
    make: Make,
    runs: usize,
) -> Result<Times, Error> {
    let mut random = fastrand::Rng::with_seed(SEED);
    Ok(both_times(history, world, (make, &mut random), runs)
        .await?
        .0)
}

/// By the clock, and on the processor: the latter tells the same also while others use the machine.
async fn both_times(
    history: &dyn HistoryReads,
    world: &World,
    (make, random): (Make, &mut fastrand::Rng),
    runs: usize,
) -> Result<(Times, Times), Error> {
    let (mut times, mut processor) = (Vec::with_capacity(runs), Vec::with_capacity(runs));
    // The first ten warm the caches of the system, as a running server has them.
    for run in 0..runs + 10 {
        let question = make(world, random);
        let (began, used) = (Instant::now(), super::processor());
        question.ask(history).await?;
        if run >= 10 {
            times.push(began.elapsed());
            processor.push(super::processor().saturating_sub(used));
        }
    }
    Ok((Times::new(times), Times::new(processor)))
}
