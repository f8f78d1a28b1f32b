//! Measures loads of many networks into the table `measured` of this network namespace, which must be one of its own:
//! `unshare --net cargo run --release -p firewall --example load -- 100000 nftables`.
//!
//! With `print-nft` or `print-ipset` instead, it prints the same networks as one set for these programs, to measure beside.
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::{
    error::Error,
    fmt::Write as _,
    io::Write as _,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::{Duration, Instant},
};

use firewall::{Backend, Ban, Content, Place, Table};
use ipnet::IpNet;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Four of five are single addresses, the others networks of /24 to /28. None overlap or touch.
fn networks(count: u32) -> Result<Vec<IpNet>> {
    let mut next = u32::from(Ipv4Addr::new(11, 0, 0, 0));
    let mut networks = Vec::new();
    for number in 0..count {
        let length = if number.is_multiple_of(5) {
            24 + u8::try_from(number / 5 % 5)?
        } else {
            32
        };
        let size = 1_u32 << (32 - length);
        let first = next.next_multiple_of(size);
        next = first + size + 1;
        networks.push(IpNet::new(IpAddr::V4(Ipv4Addr::from_bits(first)), length)?);
    }
    Ok(networks)
}

fn nft(networks: &[IpNet]) -> Result<String> {
    let begin =
        "table inet measured {\nset blocked {\ntype ipv4_addr\nflags interval\nelements = {\n";
    let mut text = begin.to_owned();
    for network in networks {
        writeln!(text, "{network},")?;
    }
    Ok(text + "}\n}\n}\n")
}

fn ipset(networks: &[IpNet]) -> Result<String> {
    let mut text = format!("create measured hash:net maxelem {}\n", networks.len());
    for network in networks {
        writeln!(text, "add measured {network}")?;
    }
    Ok(text)
}

fn peak_memory() -> Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.unwrap_or("unknown").trim().to_owned())
}

async fn measure(networks: Vec<IpNet>, backend: Backend) -> Result<()> {
    let memory = peak_memory()?;
    println!("{} networks in memory: {memory}", networks.len());
    let table = Table::with(Place::own(), "measured".parse()?, backend).await?;
    let content = Arc::new(Content {
        blocked: networks,
        ..Content::default()
    });
    for what in ["first load", "unchanged load"] {
        let loaded = table.load(Arc::clone(&content)).await?;
        println!("{what}: {:?}, changed: {}", loaded.took, loaded.changed);
    }
    let mut other = Content::clone(&content);
    other.blocked.pop();
    let loaded = table.load(Arc::new(other)).await?;
    println!(
        "load that takes the place of another: {:?}, changed: {}",
        loaded.took, loaded.changed
    );
    println!("peak memory: {}", peak_memory()?);
    table.load(Arc::clone(&content)).await?;
    let ban = Ban {
        network: "198.51.100.0/24".parse()?,
        remaining: Some(Duration::from_mins(1)),
    };
    let address = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));
    let started = Instant::now();
    table.ban(&[ban]).await?;
    println!("first ban of a length: {:?}", started.elapsed());
    let started = Instant::now();
    table.ban(&[ban]).await?;
    println!("next ban: {:?}", started.elapsed());
    let started = Instant::now();
    let places = table.holds(address).await?;
    println!(
        "where an address is held: {:?}, {} place",
        started.elapsed(),
        places.len()
    );
    table.unban(&[ban.network]).await?;
    let started = Instant::now();
    let drifts = table.verify(content).await?;
    println!("verify: {:?}, {} drifts", started.elapsed(), drifts.len());
    println!("peak memory with verify: {}", peak_memory()?);
    table.remove().await?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().unwrap_or_else(|| "100000".to_owned());
    let networks = networks(count.parse()?)?;
    match arguments.next().as_deref().unwrap_or("nftables") {
        "nftables" => measure(networks, Backend::Nftables).await,
        "ipset" => measure(networks, Backend::Ipset).await,
        "print-nft" => Ok(std::io::stdout().write_all(nft(&networks)?.as_bytes())?),
        "print-ipset" => Ok(std::io::stdout().write_all(ipset(&networks)?.as_bytes())?),
        other => Err(format!("not a way to hold a table: {other}").into()),
    }
}
