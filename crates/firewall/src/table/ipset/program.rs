//! The programs of ipset and iptables, as far as they concern one table.
use std::{collections::BTreeMap, fmt::Write as _, net::IpAddr, time::Duration};

use ipnet::IpNet;

use super::{
    rules::Held,
    set::{Entry, Header, SetId},
};
use crate::{
    Place, ProgramError,
    table::{ContentHash, TableError, TableName, kind::Family},
};

/// How long a program may take. A million networks take some seconds.
const LIMIT: Duration = Duration::from_mins(2);
/// How long others may hold the lock of iptables, in seconds.
const LOCK: &str = "20";
/// How many networks a program is told at once, so that memory stays small.
const TOLD_AT_ONCE: usize = 200_000;
/// Rules that were removed hold their sets for some moments more.
const DESTROY_ATTEMPTS: u32 = 200;
const DESTROY_PAUSE: Duration = Duration::from_millis(25);

/// The programs, where they are run, and the name of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Programs<'a> {
    pub(super) place: &'a Place,
    pub(super) table: &'a str,
}

/// What is in the kernel of a table, without the elements.
#[derive(Debug, Clone, Default)]
pub(super) struct View {
    pub(super) chains: BTreeMap<Family, Held>,
    pub(super) sets: BTreeMap<SetId, Header>,
}

impl View {
    /// Whether anything of the table is there.
    pub(super) fn exists(&self) -> bool {
        !self.sets.is_empty() || self.chains.values().any(|held| !held.is_empty())
    }

    /// What was loaded last, where that is the same for both families.
    pub(super) fn mark(&self) -> Option<(u64, ContentHash)> {
        let mut marks = self.chains.values().map(Held::mark);
        let first = marks.next()??;
        marks.all(|mark| mark == Some(first)).then_some(first)
    }
}

impl<'a> Programs<'a> {
    pub(super) fn new(place: &'a Place, table: &'a TableName) -> Self {
        Self {
            place,
            table: table.as_str(),
        }
    }

    /// Runs `ipset restore`.
    pub(super) async fn restore_sets(self, script: &str) -> Result<(), TableError> {
        if !script.is_empty() {
            self.run("ipset", &["restore"], script).await?;
        }
        Ok(())
    }

    /// Makes and fills a set of so many networks, in as many steps as it needs.
    ///
    /// Each step tells again how the set is made: about one that was not made in the same run the program asks the kernel anew with each element, which takes four
    /// times as long.
    pub(super) async fn fill(
        self,
        set: SetId,
        count: usize,
        networks: impl Iterator<Item = IpNet>,
    ) -> Result<(), TableError> {
        let name = set.name(self.table);
        let create = set.create(self.table, count);
        let mut networks = networks.peekable();
        self.restore_sets(&create).await?;
        while networks.peek().is_some() {
            let mut script = create.clone();
            for network in networks.by_ref().take(TOLD_AT_ONCE) {
                let _ = writeln!(script, "add {name} {network}");
            }
            self.run("ipset", &["restore", "-exist"], &script).await?;
        }
        Ok(())
    }

    /// Changes the rules of a family, all at once.
    pub(super) async fn restore_rules(
        self,
        family: Family,
        script: &str,
    ) -> Result<(), TableError> {
        if !script.is_empty() {
            let arguments = ["--noflush", "--wait", LOCK];
            self.run(restore_program(family), &arguments, script)
                .await?;
        }
        Ok(())
    }

    /// Whether the rules of a family could be changed so; they are not.
    pub(super) async fn try_rules(self, family: Family, script: &str) -> Result<(), TableError> {
        let arguments = ["--test", "--noflush", "--wait", LOCK];
        self.run(restore_program(family), &arguments, script)
            .await?;
        Ok(())
    }

    pub(super) async fn view(self) -> Result<View, TableError> {
        let sets = self.run("ipset", &["list", "-terse"], "").await?;
        let own = |(name, header): (String, Header)| Some((SetId::of(&name, self.table)?, header));
        let mut view = View {
            sets: Header::read_all(&sets)
                .into_iter()
                .filter_map(own)
                .collect(),
            ..View::default()
        };
        for family in Family::BOTH {
            let arguments = ["-c", "-t", "mangle"];
            let rules = self.run(save_program(family), &arguments, "").await?;
            view.chains.insert(family, Held::read(&rules, self.table));
        }
        Ok(view)
    }

    /// Whether there are sets of the table. Its rules ask them, so without them nothing of it blocks; and to list rules may load what nobody uses.
    pub(super) async fn has_sets(self) -> Result<bool, TableError> {
        let names = match self.run("ipset", &["list", "-name"], "").await {
            // Where it is not installed, nobody has made sets by it.
            Err(TableError::Program(ProgramError::Absent { .. })) => return Ok(false),
            names => names?,
        };
        Ok(names
            .lines()
            .any(|name| SetId::of(name.trim(), self.table).is_some()))
    }

    /// All elements of a set.
    pub(super) async fn entries(self, set: SetId) -> Result<Vec<Entry>, TableError> {
        let saved = self
            .run("ipset", &["save", &set.name(self.table)], "")
            .await?;
        Ok(saved.lines().filter_map(Entry::read).collect())
    }

    /// Whether a set holds an address.
    pub(super) async fn holds(self, set: SetId, address: IpAddr) -> Result<bool, TableError> {
        let (name, address) = (set.name(self.table), address.to_string());
        match self.run("ipset", &["test", &name, &address], "").await {
            Ok(_) => Ok(true),
            Err(TableError::Program(ProgramError::Refused { complaint, .. }))
                if complaint.contains("is NOT in set") =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Removes sets that no rule asks any more.
    pub(super) async fn destroy(self, sets: impl Iterator<Item = SetId>) -> Result<(), TableError> {
        for set in sets {
            let name = set.name(self.table);
            for attempt in 1.. {
                match self.run("ipset", &["destroy", &name], "").await {
                    Err(TableError::Program(ProgramError::Refused { complaint, .. }))
                        if complaint.contains("in use") && attempt < DESTROY_ATTEMPTS =>
                    {
                        tokio::time::sleep(DESTROY_PAUSE).await;
                    }
                    done => {
                        done?;
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    async fn run(
        self,
        program: &str,
        arguments: &[&str],
        input: &str,
    ) -> Result<String, TableError> {
        let place = self.place;
        let printed = place
            .run(program, arguments, input.as_bytes(), LIMIT)
            .await?;
        Ok(String::from_utf8_lossy(&printed).into_owned())
    }
}

const fn restore_program(family: Family) -> &'static str {
    match family {
        Family::V4 => "iptables-restore",
        Family::V6 => "ip6tables-restore",
    }
}

const fn save_program(family: Family) -> &'static str {
    match family {
        Family::V4 => "iptables-save",
        Family::V6 => "ip6tables-save",
    }
}
