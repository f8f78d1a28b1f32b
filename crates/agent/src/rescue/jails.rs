//! fail2ban's part.
use fail2ban::{Client, ClientError, IgnoreEntry, Subject};
use ipnet::IpNet;

use super::{JailBan, Told, meet};

/// The daemon runs the actions of each ban before it answers: with more at a time, others would wait for long.
const CHUNK: usize = 20;

/// Bans that have an address in common with a network. The lists are read whole: who is banned as a part of a network is found by no question about the address.
pub(super) async fn bans(client: &Client, network: IpNet) -> Told<Vec<JailBan>> {
    let jails = client.jails().await.map_err(words)?;
    let mut found = Vec::new();
    for jail in jails {
        let banned = match client.banned(&jail).await {
            Err(error) if is_gone(&error) => continue,
            banned => banned.map_err(words)?,
        };
        let hits = banned.iter().filter_map(Subject::network);
        found.extend(
            hits.filter(|other| meet(*other, network))
                .map(|network| JailBan {
                    jail: jail.clone(),
                    network,
                }),
        );
    }
    found.sort();
    Ok(found)
}

/// Ends them. Only what is listed is named: told of another network, the daemon would end everything within it.
pub(super) async fn unban(client: &Client, network: IpNet) -> Told<()> {
    let found = bans(client, network).await?;
    for bans in found.chunk_by(|one, next| one.jail == next.jail) {
        for chunk in bans.chunks(CHUNK) {
            let Some(first) = chunk.first() else { continue };
            let subjects: Vec<Subject> = chunk.iter().map(|ban| ban.network.into()).collect();
            match client.unban(&first.jail, &subjects).await {
                Err(error) if is_gone(&error) => {}
                done => {
                    done.map_err(words)?;
                }
            }
        }
    }
    Ok(())
}

/// Has every running jail ignore a network; answers those that do now.
pub(super) async fn ignore(client: &Client, network: IpNet) -> Told<Vec<String>> {
    let entry = IgnoreEntry::from(network);
    let mut ignoring = Vec::new();
    for jail in client.jails().await.map_err(words)? {
        match ignored_by(client, &jail, &entry).await {
            Err(error) if is_gone(&error) => {}
            Err(error) => return Err(format!("the jail {jail}: {}", words(error))),
            Ok(false) => return Err(format!("the jail {jail} does not list {entry}")),
            Ok(true) => ignoring.push(jail),
        }
    }
    Ok(ignoring)
}

/// The daemon lists twice what it is told twice.
async fn ignored_by(client: &Client, jail: &str, entry: &IgnoreEntry) -> Result<bool, ClientError> {
    let listed = client.settings(jail).await?.ignoreip.unwrap_or_default();
    if listed.contains(entry) {
        return Ok(true);
    }
    let entries = std::slice::from_ref(entry);
    Ok(client.add_ignore(jail, entries).await?.contains(entry))
}

/// The jail was stopped meanwhile: it bans nobody.
fn is_gone(error: &ClientError) -> bool {
    matches!(error, ClientError::Daemon(said) if said.is_unknown_jail())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "errors are handed over to be told"
)]
fn words(error: ClientError) -> String {
    error.to_string()
}
