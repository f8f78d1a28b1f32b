//! The kernel's packet filter, as far as it concerns one table.
use std::io;

use super::{
    element::{Element, Held},
    number::{INET, flag, message},
    set::{SetId, write_place},
};
use crate::{
    Place,
    netlink::{Attributes, Batch, Body, OpenError, Request, Socket, errno},
    table::{TableError, TableName},
};

/// The most bytes of elements in one message: the list of them has a length of 16 bits.
const MESSAGE_BYTES: usize = 60_000;
/// How many elements are asked for at once: the answers wait in the socket, each in a buffer of some kilobytes.
const ASKED_AT_ONCE: usize = 32;

/// The kernel, and the name of the table.
#[derive(Debug)]
pub(super) struct Kernel {
    socket: Socket,
    table: String,
}

impl Kernel {
    pub(super) fn open(place: &Place, table: &TableName) -> Result<Self, TableError> {
        let socket = Socket::open(place).map_err(|error| match error {
            OpenError::Namespace { file, source } => TableError::Namespace { file, source },
            OpenError::Socket(source) => TableError::Socket { source },
        })?;
        Ok(Self {
            socket,
            table: table.as_str().to_owned(),
        })
    }

    pub(super) fn table(&self) -> &str {
        &self.table
    }

    /// Asks for one thing.
    pub(super) fn ask_one(
        &mut self,
        kind: u8,
        body: &Body,
        each: impl FnMut(Attributes<'_>),
    ) -> Result<(), TableError> {
        self.ask(kind, body, false, each)
    }

    /// Asks for all things of a kind.
    pub(super) fn ask_all(
        &mut self,
        kind: u8,
        body: &Body,
        each: impl FnMut(Attributes<'_>),
    ) -> Result<(), TableError> {
        self.ask(kind, body, true, each)
    }

    fn ask(
        &mut self,
        kind: u8,
        body: &Body,
        all: bool,
        each: impl FnMut(Attributes<'_>),
    ) -> Result<(), TableError> {
        let request = Request {
            kind,
            family: INET,
            body,
            all,
        };
        let asked = self.socket.ask(&request, each);
        asked.map_err(|source| refused("tell what it holds", source))
    }

    /// Makes changes: all, or with an error none.
    pub(super) fn change(&mut self, batch: Batch, deed: &'static str) -> Result<(), TableError> {
        self.socket
            .change(batch)
            .map_err(|source| refused(deed, source))
    }

    /// Whether changes could be made; none is.
    pub(super) fn try_out(&mut self, batch: Batch) -> Result<(), TableError> {
        self.socket
            .try_out(batch)
            .map_err(|source| refused("take a table", source))
    }

    /// Fills a set, in as many steps as it needs.
    ///
    /// Not in one: each step ends before others wait long who change the ruleset, such as fail2ban, and memory stays small whatever the number.
    pub(super) fn fill(
        &mut self,
        set: SetId,
        elements: impl Iterator<Item = Element>,
    ) -> Result<(), TableError> {
        let set = set.to_string();
        let flags = flag::CREATE | flag::EXCLUSIVE;
        let mut batch = Batch::new(None);
        let mut elements = elements.peekable();
        while elements.peek().is_some() {
            let body = self.elements(&set, &mut elements);
            if batch.len() + body.len() + MESSAGE_BYTES / 10 > self.socket.room() {
                let full = std::mem::replace(&mut batch, Batch::new(None));
                self.change(full, "fill a set")?;
            }
            batch.add(message::NEW_ELEMENTS, flags, INET, &body);
        }
        self.change(batch, "fill a set")
    }

    /// As many elements as a message may have.
    fn elements(
        &self,
        set: &str,
        elements: &mut std::iter::Peekable<impl Iterator<Item = Element>>,
    ) -> Body {
        let bytes = MESSAGE_BYTES.min(self.socket.room() / 2);
        write_elements(&self.table, set, |list| {
            while let Some(element) = elements.next_if(|_| list.len() < bytes) {
                element.write(list);
            }
        })
    }

    /// Adds a change of elements to a batch.
    pub(super) fn add_elements(
        &self,
        batch: &mut Batch,
        (kind, flags): (u8, u16),
        set: SetId,
        elements: &[Element],
    ) {
        let set = set.to_string();
        let mut elements = elements.iter().copied().peekable();
        while elements.peek().is_some() {
            let body = self.elements(&set, &mut elements);
            batch.add(kind, flags, INET, &body);
        }
    }

    /// All elements of a set. Answers whether others changed the ruleset meanwhile, so that some may be told twice or not at all if they changed this set.
    pub(super) fn elements_of(
        &mut self,
        set: SetId,
        mut each: impl FnMut(Held),
    ) -> Result<bool, TableError> {
        let body = write_place(&self.table, &set.to_string());
        let asked = self.ask_all(message::GET_ELEMENTS, &body, |found| {
            Held::read_all(found).for_each(&mut each);
        });
        match asked {
            Err(TableError::Refused { source, .. })
                if source.raw_os_error() == Some(errno::INTERRUPTED) =>
            {
                Ok(true)
            }
            asked => asked.map(|()| false),
        }
    }

    /// Asks for some elements of a set. One that is not there ends it: what is answered are those before it.
    pub(super) fn find(
        &mut self,
        set: SetId,
        elements: &[Element],
    ) -> Result<Vec<Held>, TableError> {
        let set = set.to_string();
        let mut found = Vec::with_capacity(elements.len());
        for some in elements.chunks(ASKED_AT_ONCE) {
            let body = write_elements(&self.table, &set, |list| {
                for element in some {
                    element.write(list);
                }
            });
            let asked = self.ask_one(message::GET_ELEMENTS, &body, |answer| {
                found.extend(Held::read_all(answer));
            });
            match asked {
                Err(TableError::Refused { source, .. })
                    if source.raw_os_error() == Some(errno::ABSENT) =>
                {
                    break;
                }
                asked => asked?,
            }
        }
        Ok(found)
    }
}

fn write_elements(table: &str, set: &str, write: impl FnOnce(&mut Body)) -> Body {
    let mut body = write_place(table, set);
    body.nest(super::number::element::ELEMENTS, write);
    body
}

fn refused(deed: &'static str, source: io::Error) -> TableError {
    TableError::Refused { deed, source }
}
