//! Measures pages of the audit over many entries, opening, and writing: `cargo run --release -p storage --example audit_pages -- 200000`.
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::{
    error::Error,
    path::Path,
    time::{Duration, Instant},
};

use domain::{
    Actor, AuditAction, AuditQuery, HostId, NewAuditEntry, Outcome, PageSize, Storage as _,
    StorageReads, Timestamp, UserId, UserName,
};
use serde_json::json;
use storage::{OpenOptions, Sqlite};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What a page has by default, and the most that it may have.
const SIZES: [u16; 2] = [100, PageSize::MAX];

/// Two users who never do what the other does: the worst case for an index on fewer columns than the filter has.
fn entry(number: i64, users: &[UserName; 2]) -> NewAuditEntry {
    let [alice, bob] = users;
    let even = number % 2 == 0;
    let (name, action) = if even {
        (alice, AuditAction::BansCreated)
    } else {
        (bob, AuditAction::BansRemoved)
    };
    NewAuditEntry {
        at: Timestamp::from_millis(1_795_000_000_000 + number * 1_000),
        actor: Actor::User {
            id: UserId(1),
            name: name.clone(),
        },
        address: Some([192, 0, 2, 1].into()),
        action,
        host: Some(HostId::local()),
        target: "sshd".to_owned(),
        outcome: if number % 3 == 0 {
            Outcome::Failed
        } else {
            Outcome::Success
        },
        detail: json!({ "addresses": ["203.0.113.7", "2001:db8::7"], "count": 2 }),
    }
}

/// How long each page of a query took, up to 100 of them, shortest first.
async fn times(reads: &dyn StorageReads, mut query: AuditQuery) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    while times.len() < 100 {
        let begun = Instant::now();
        let page = reads.audit(&query).await?;
        times.push(begun.elapsed());
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    times.sort();
    Ok(times)
}

fn queries(users: &[UserName; 2], count: i64) -> Vec<AuditQuery> {
    let [alice, _] = users;
    let old = Timestamp::from_millis(1_795_000_000_000 + count / 2 * 1_000);
    let mut queries = Vec::new();
    for filters in 0_u8..16 {
        let wants = |bit: u8| filters & bit != 0;
        queries.push(AuditQuery {
            user: wants(1).then(|| alice.clone()),
            // With the user this finds nothing, in two halves of the table.
            action: wants(2).then_some(AuditAction::BansRemoved),
            outcome: wants(4).then_some(Outcome::Failed),
            until: wants(8).then_some(old),
            ..AuditQuery::default()
        });
    }
    queries
}

async fn fill(storage: &Sqlite, users: &[UserName; 2], count: i64) -> Result<()> {
    let begun = Instant::now();
    let writes = storage.writes();
    for first in (0..count).step_by(1_000) {
        let last = (first + 1_000).min(count);
        let batch: Vec<_> = (first..last).map(|number| entry(number, users)).collect();
        writes.record(&batch).await?;
    }
    println!("{count} entries in batches of 1,000: {:?}", begun.elapsed());
    let begun = Instant::now();
    for number in count..count + 100 {
        writes.record(&[entry(number, users)]).await?;
    }
    println!("one write alone, mean of 100: {:?}", begun.elapsed() / 100);
    Ok(())
}

fn open(path: &Path, what: &str) -> Result<Sqlite> {
    let begun = Instant::now();
    let storage = Sqlite::open(OpenOptions::new(path))?;
    println!("open, {what}: {:?}", begun.elapsed());
    Ok(storage)
}

#[tokio::main]
async fn main() -> Result<()> {
    let count: i64 = std::env::args()
        .nth(1)
        .map_or(Ok(200_000), |text| text.parse())?;
    let users: [UserName; 2] = ["alice".parse()?, "bob".parse()?];
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("bangui.sqlite3");

    open(&path, "new")?.close().await;
    let storage = open(&path, "empty")?;
    fill(&storage, &users, count).await?;
    storage.close().await;
    println!(
        "size: {} bytes an entry",
        std::fs::metadata(&path)?.len() / u64::try_from(count)?
    );

    let storage = open(&path, "full")?;
    let begun = Instant::now();
    storage.reads().setup_completed().await?;
    println!("first read after opening: {:?}", begun.elapsed());
    let reads = storage.reads();
    for (query, size) in queries(&users, count)
        .into_iter()
        .flat_map(|query| SIZES.map(|size| (query.clone(), size)))
    {
        let limit = PageSize::new(size).unwrap_or_default();
        let times = times(
            reads.as_ref(),
            AuditQuery {
                limit,
                ..query.clone()
            },
        )
        .await?;
        println!(
            "{} pages of {size}: median {:?}, slowest {:?} (user {}, action {}, outcome {}, until {})",
            times.len(),
            times.get(times.len() / 2).copied().unwrap_or_default(),
            times.last().copied().unwrap_or_default(),
            query.user.is_some(),
            query.action.is_some(),
            query.outcome.is_some(),
            query.until.is_some(),
        );
    }
    storage.close().await;
    Ok(())
}
