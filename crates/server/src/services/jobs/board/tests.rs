use super::*;
use crate::testing::TestClock;

fn board() -> (Arc<TestClock>, Jobs) {
    let clock = Arc::new(TestClock::stopped());
    let jobs = Jobs::new(Arc::<TestClock>::clone(&clock));
    (clock, jobs)
}

fn add(jobs: &Jobs) -> Result<String, Problem> {
    jobs.add(JobKind::Ban, 40, CancellationToken::new())
        .map(|view| view.id)
}

#[test]
fn one_job_too_many_is_refused_until_another_ends() {
    let (_clock, jobs) = board();
    let first = add(&jobs).unwrap();
    for _ in 1..MAX_UNFINISHED {
        add(&jobs).unwrap();
    }
    assert_eq!(add(&jobs).unwrap_err().code(), Code::Busy);
    jobs.finish(&first, JobState::Done);
    add(&jobs).unwrap();
}

#[test]
fn finished_job_is_kept_for_a_quarter_of_an_hour() {
    let (clock, jobs) = board();
    let id = add(&jobs).unwrap();
    clock.advance_seconds(10 * KEPT_SECONDS);
    assert_eq!(jobs.job(&id).unwrap().state, JobState::Running);
    jobs.finish(&id, JobState::Done);
    clock.advance_seconds(KEPT_SECONDS - 1);
    assert_eq!(jobs.job(&id).unwrap().state, JobState::Done);
    clock.advance_seconds(1);
    assert_eq!(jobs.job(&id), None);
    assert!(!jobs.cancel(&id));
}

#[test]
fn finished_jobs_beyond_the_limit_go_oldest_first() {
    let (clock, jobs) = board();
    let ids: Vec<String> = (0..=MAX_FINISHED)
        .map(|_| {
            let id = add(&jobs).unwrap();
            clock.advance_seconds(1);
            jobs.finish(&id, JobState::Done);
            id
        })
        .collect();
    assert_eq!(jobs.job(&ids[0]), None);
    assert!(jobs.job(&ids[1]).is_some());
    assert!(jobs.job(&ids[MAX_FINISHED]).is_some());
    assert!(jobs.entries().len() <= MAX_FINISHED);
}

#[test]
fn counts_add_up_and_refusals_are_bounded() {
    let (_clock, jobs) = board();
    let id = add(&jobs).unwrap();
    for _ in 0..8 {
        jobs.banned(
            &id,
            BanProgress {
                done: 20,
                counts: BanCounts {
                    refused: 20,
                    ..BanCounts::default()
                },
                refused: vec![
                    TargetHits {
                        target: "127.0.0.1".to_owned(),
                        hits: Vec::new()
                    };
                    20
                ],
            },
        );
    }
    let view = jobs.job(&id).unwrap();
    assert_eq!((view.done, view.counts.refused), (160, 160));
    assert_eq!(view.refused.len(), MAX_NAMED);
}

#[test]
fn ids_are_long_and_differ() {
    let (_clock, jobs) = board();
    let (one, other) = (add(&jobs).unwrap(), add(&jobs).unwrap());
    assert_eq!((one.len(), other.len()), (22, 22));
    assert_ne!(one, other);
}
