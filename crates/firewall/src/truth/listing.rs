//! Running the programs that list rules, and putting together what they say.
use std::{io, time::Duration};

use serde_json::Value;
use tokio::task::spawn_blocking;

use crate::{
    Place, ProgramError,
    netlink::Socket,
    truth::{
        ReadError,
        hooks::Hooks,
        iptables::{self, ListedTable},
        kernel,
        model::{Family, Model, TableKey},
        nft::{self, Opaque, text::Texts},
    },
};

/// Rules without elements of sets: seconds where there are hundreds of thousands of rules.
const LIMIT: Duration = Duration::from_secs(30);
/// Others may change the ruleset while it is listed.
const TRIES: usize = 3;
const NFT: &str = "nft";

/// How one version of iptables lists its rules.
struct Iptables {
    family: Family,
    /// Lists those that are in tables of nftables.
    nft: [&'static str; 2],
    /// Lists those that are in tables of its own; which there are is in the file.
    legacy: [&'static str; 2],
    tables: &'static str,
}

const IPTABLES: [Iptables; 2] = [
    Iptables {
        family: Family::Ip,
        nft: ["iptables-nft-save", "iptables-save"],
        legacy: ["iptables-legacy-save", "iptables-save"],
        tables: "/proc/net/ip_tables_names",
    },
    Iptables {
        family: Family::Ip6,
        nft: ["ip6tables-nft-save", "ip6tables-save"],
        legacy: ["ip6tables-legacy-save", "ip6tables-save"],
        tables: "/proc/net/ip6_tables_names",
    },
];

/// What was listed of one state of the ruleset.
#[derive(Default)]
struct Listing {
    /// `None` where there is no nftables.
    rules: Option<Value>,
    /// As `nft` writes them for people.
    texts: Vec<u8>,
    hooks: Hooks,
    /// What iptables says of its rules in tables of nftables.
    iptables: Vec<(Family, Vec<u8>)>,
    /// What it says of those in tables of its own.
    legacy: Vec<(Family, Vec<u8>)>,
    unread: Vec<String>,
}

/// Lists all rules.
pub(crate) async fn read(
    place: &Place,
    absent: &mut Vec<&'static str>,
) -> Result<Model, ReadError> {
    let mut listing = read_nftables(place, absent).await?;
    for of in &IPTABLES {
        match read_legacy(place, of).await {
            Ok(listed) => listing.legacy.extend(listed),
            Err(reason) => listing.unread.push(reason),
        }
    }
    blocking(move || build(&listing)).await
}

/// Does what takes longer than the runtime may wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ReadError> + Send + 'static,
) -> Result<T, ReadError> {
    let done = spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(ReadError::Kernel(io::Error::other(error))))
}

fn build(listing: &Listing) -> Result<Model, ReadError> {
    let mut model = Model::default();
    model.unread.extend_from_slice(&listing.unread);
    let text = |bytes| String::from_utf8_lossy(bytes);
    if let Some(rules) = &listing.rules {
        let mut texts = Texts::read(&text(&listing.texts));
        let opaque = nft::add(&mut model, rules, &mut texts, &listing.hooks);
        let opaque = opaque.map_err(|error| unreadable(&error))?;
        let listed = listing.iptables.iter();
        let listed: Vec<_> = listed
            .map(|(family, output)| (*family, iptables::split(&text(output))))
            .collect();
        explain(&mut model, &opaque, &listed);
    }
    for (family, output) in &listing.legacy {
        iptables::add_legacy(&mut model, *family, &text(output));
    }
    Ok(model)
}

async fn read_nftables(
    place: &Place,
    absent: &mut Vec<&'static str>,
) -> Result<Listing, ReadError> {
    let mut listing = Listing::default();
    for _ in 0..TRIES {
        let Some((before, hooks)) = ask(place).await? else {
            return Ok(Listing::default());
        };
        listing = match list(place).await {
            Ok(listing) => listing,
            Err(ReadError::Program(ProgramError::Absent { .. })) => {
                absent.push(NFT);
                listing = Listing::default();
                // Without tables there is nothing that it could list.
                if hooks.has_tables() {
                    let reason = "the rules of nftables are not read: nft is not installed";
                    listing.unread.push(reason.to_owned());
                }
                return Ok(listing);
            }
            Err(error) => return Err(error),
        };
        listing.hooks = hooks;
        let after = ask(place).await?.map(|(generation, _)| generation);
        if after == Some(before) {
            return Ok(listing);
        }
    }
    Ok(listing)
}

/// Of which generation the ruleset is, and what is not listed; `None` where the kernel has no nftables.
async fn ask(place: &Place) -> Result<Option<(u32, Hooks)>, ReadError> {
    let place = place.clone();
    blocking(move || {
        let mut socket = Socket::open(&place)?;
        let Some(generation) = kernel::generation(&mut socket)? else {
            return Ok(None);
        };
        Ok(Some((generation, Hooks::read(&mut socket)?)))
    })
    .await
}

async fn list(place: &Place) -> Result<Listing, ReadError> {
    let rules = place.run(NFT, &["-j", "-t", "list", "ruleset"], b"", LIMIT);
    let texts = place.run(NFT, &["-a", "-t", "list", "ruleset"], b"", LIMIT);
    let (rules, texts) = tokio::try_join!(rules, texts)?;
    let (rules, opaque) = blocking(move || parse(&rules)).await?;
    let mut listing = Listing {
        rules: Some(rules),
        texts,
        ..Listing::default()
    };
    for of in IPTABLES.iter().filter(|of| opaque.contains(&of.family)) {
        for program in of.nft {
            if let Ok(output) = place.run(program, &[], b"", LIMIT).await {
                listing.iptables.push((of.family, output));
                break;
            }
        }
    }
    Ok(listing)
}

fn unreadable(reason: &impl ToString) -> ReadError {
    ReadError::Output {
        program: NFT,
        reason: reason.to_string(),
    }
}

/// The rules, and the families of those of which parts are listed by name alone.
fn parse(output: &[u8]) -> Result<(Value, Vec<Family>), ReadError> {
    let rules: Value = serde_json::from_slice(output).map_err(|error| unreadable(&error))?;
    let opaque = [Family::Ip, Family::Ip6];
    let opaque = opaque
        .into_iter()
        .filter(|family| has_opaque(&rules, *family));
    let opaque = opaque.collect();
    Ok((rules, opaque))
}

fn has_opaque(rules: &Value, family: Family) -> bool {
    let listed = rules.get("nftables").and_then(Value::as_array);
    let listed = listed.into_iter().flatten();
    let mut rules = listed.filter_map(|entry| entry.get("rule"));
    rules.any(|rule| {
        let of_family = rule.get("family").and_then(Value::as_str) == Some(family.name());
        let statements = rule.get("expr").and_then(Value::as_array);
        let mut statements = statements.into_iter().flatten();
        of_family && statements.any(|statement| statement.get("xt").is_some())
    })
}

/// Replaces rules of which parts are listed by name alone by what iptables says of them: the one in the same place of
/// the same chain, if both list as many.
fn explain(model: &mut Model, opaque: &[Opaque], listed: &[(Family, Vec<ListedTable>)]) {
    for place in opaque {
        let Some(chain) = model.chains.get(place.chain) else {
            continue;
        };
        let (table, count) = (chain.table.clone(), chain.rules.len());
        let Some(rule) = find(listed, &table, &chain.name, count, place.rule) else {
            continue;
        };
        let mut read = iptables::read(model, &table, rule);
        let chain = model.chains.get_mut(place.chain);
        if let Some(old) = chain.and_then(|chain| chain.rules.get_mut(place.rule)) {
            read.handle = old.handle;
            read.counter = old.counter;
            *old = read;
        }
    }
}

fn find<'a>(
    listed: &'a [(Family, Vec<ListedTable>)],
    table: &TableKey,
    chain: &str,
    count: usize,
    rule: usize,
) -> Option<&'a iptables::ListedRule> {
    let (_, tables) = listed.iter().find(|(family, _)| *family == table.family)?;
    let of_table = tables.iter().find(|one| one.name == table.name)?;
    let of_chain = of_table.chains.iter().find(|one| one.name == chain)?;
    if of_chain.rules.len() != count {
        return None;
    }
    of_chain.rules.get(rule)
}

/// Lists the tables of the older iptables. Its program would make them where there are none, so it is not run then.
async fn read_legacy(place: &Place, of: &Iptables) -> Result<Option<(Family, Vec<u8>)>, String> {
    let Ok(names) = place.run("cat", &[of.tables], b"", LIMIT).await else {
        return Ok(None);
    };
    if names.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let mut reason = "no program that lists them is installed".to_owned();
    for program in of.legacy {
        if is_of_nft(place, program).await {
            continue;
        }
        match place.run(program, &["-c"], b"", LIMIT).await {
            Ok(output) => return Ok(Some((of.family, output))),
            Err(ProgramError::Absent { .. }) => {}
            Err(error) => reason = error.to_string(),
        }
    }
    let family = of.family.name();
    Err(format!(
        "the rules of the older iptables ({family}) are not read: {reason}"
    ))
}

async fn is_of_nft(place: &Place, program: &str) -> bool {
    let output = place.run(program, &["--version"], b"", LIMIT).await;
    output.is_ok_and(|output| String::from_utf8_lossy(&output).contains("nf_tables"))
}
