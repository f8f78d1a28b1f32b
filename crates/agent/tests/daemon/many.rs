use std::{collections::HashSet, time::Instant};

use domain::{ActiveBanQuery, ActiveBanSort, HostActs, HostReads, PageSize, SortKey};

use crate::ground::{Ground, ban_of, until};

const MANY: u32 = 20_000;

#[tokio::test]
async fn pages_of_twenty_thousand_bans_are_complete_while_bans_come_and_go() {
    let ground = Ground::new().await;
    ban_many(&ground).await;
    let query = ActiveBanQuery {
        sort: ActiveBanSort {
            key: SortKey::Subject,
            descending: false,
        },
        limit: PageSize::new(500).unwrap(),
        ..ActiveBanQuery::default()
    };
    until("all bans are shown", async || {
        ground.agent.active_bans(&query).await.unwrap().total == u64::from(MANY)
    })
    .await;
    let (mut seen, mut after, mut pages) = (Vec::new(), None, 0_u32);
    loop {
        let page = ground
            .agent
            .active_bans(&ActiveBanQuery {
                after,
                ..query.clone()
            })
            .await
            .unwrap();
        seen.extend(page.items.into_iter().map(|ban| ban.subject.to_string()));
        pages += 1;
        if pages.is_multiple_of(10) {
            // Behind and before the place where the page goes on.
            let (low, high) = (format!("9.0.0.{pages}"), format!("11.0.0.{pages}"));
            let report = ground
                .agent
                .ban(&ban_of("app", &[&low, &high]))
                .await
                .unwrap();
            assert!(
                report
                    .results
                    .iter()
                    .all(|r| r.outcome == domain::BanOutcome::Banned)
            );
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let unique: HashSet<&String> = seen.iter().collect();
    assert_eq!(unique.len(), seen.len(), "a ban was listed twice");
    let stayed = seen
        .iter()
        .filter(|subject| subject.starts_with("10."))
        .count();
    assert_eq!(stayed, MANY as usize);
    search(&ground, &query).await;
    ground.end().await;
}

/// Past the agent, and in few commands.
async fn ban_many(ground: &Ground) {
    for first in (0..MANY).step_by(1_000) {
        let addresses: Vec<String> = (first..first + 1_000)
            .map(|n| std::net::Ipv4Addr::from(0x0a00_0000 + n).to_string())
            .collect();
        let mut command = vec!["set", "app", "banip"];
        command.extend(addresses.iter().map(String::as_str));
        ground.raw(&command).await;
    }
}

async fn search(ground: &Ground, query: &ActiveBanQuery) {
    let began = Instant::now();
    let search = ActiveBanQuery {
        search: Some("0.77.".to_owned()),
        ..query.clone()
    };
    let found = ground.agent.active_bans(&search).await.unwrap().total;
    println!(
        "search over {MANY} bans: {:?}, found {found}",
        began.elapsed()
    );
    assert_eq!(found, 256);
}
