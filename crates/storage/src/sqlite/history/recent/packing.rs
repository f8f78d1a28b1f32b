//! A chunk as bytes: variable-length integers, most of them differences.
use domain::StorageError;

use super::super::{
    knowledge::Knowledge,
    packed::{put, take},
    subject::{Columns, Octets},
};
use super::{Chunk, Entry, Failed, Is};

pub(super) const DAMAGED: StorageError = StorageError::Inconsistent {
    table: "recent",
    what: "entries are not readable",
};

/// Which of what may be unknown follows.
const ACTOR: u64 = 1;
const CAUSE: u64 = 1 << 1;
const BANTIME: u64 = 1 << 2;
const FAILURES: u64 = 1 << 3;
const BAN_COUNT: u64 = 1 << 4;
const LINES: u64 = 1 << 5;

pub(super) fn pack(chunk: &Chunk) -> Vec<u8> {
    let mut packer = Packer(Vec::with_capacity(chunk.len() * 40));
    packer.count(chunk.facts.len());
    let mut last = (0, 0);
    for entry in chunk.entries() {
        packer.entry(&entry, last);
        last = (entry.id, entry.is.at);
    }
    packer.count(chunk.failures.len());
    for failed in &chunk.failures {
        packer.subject(&failed.subject);
        packer.signed(failed.jail);
        packer.signed(failed.count);
        packer.signed(failed.last_at);
    }
    packer.0
}

pub(super) fn unpack(id: i64, bytes: &[u8]) -> Result<Chunk, StorageError> {
    let mut unpacker = Unpacker(bytes);
    let mut last = (0, 0);
    let events = unpacker.list(|unpacker| {
        let entry = unpacker.entry(last)?;
        last = (entry.id, entry.is.at);
        Ok(entry)
    })?;
    let failures = unpacker.list(|unpacker| {
        Ok(Failed {
            subject: unpacker.subject()?,
            jail: unpacker.signed()?,
            count: unpacker.signed()?,
            last_at: unpacker.signed()?,
        })
    })?;
    if !unpacker.0.is_empty() {
        return Err(DAMAGED);
    }
    Chunk::new(id, events.into_iter(), failures)
}

struct Packer(Vec<u8>);

impl Packer {
    fn count(&mut self, count: usize) {
        put(&mut self.0, count.try_into().unwrap_or(u64::MAX));
    }

    /// The sign at the lowest bit, so that small numbers below zero are short too.
    fn signed(&mut self, value: i64) {
        put(&mut self.0, (value << 1 ^ value >> 63).cast_unsigned());
    }

    fn subject(&mut self, subject: &Columns) {
        self.0
            .push(u8::try_from(subject.address.len()).unwrap_or_default());
        self.0.extend_from_slice(&subject.address);
        self.0.push(subject.prefix);
        if subject.address.is_empty() {
            self.signed(subject.text);
        }
    }

    fn entry(&mut self, entry: &Entry, (last_id, last_at): (i64, i64)) {
        let Entry {
            id,
            is: Is { at, jail, kind },
            subject,
            known,
        } = entry;
        self.signed(id.wrapping_sub(last_id));
        self.signed(at.wrapping_sub(last_at));
        self.signed(*jail);
        self.signed(*kind);
        self.subject(subject);
        for number in [known.origin, known.country, known.asn] {
            self.signed(number);
        }
        let optional = [
            (ACTOR, known.actor),
            (CAUSE, known.cause),
            (BANTIME, known.bantime),
            (FAILURES, known.failures.map(i64::from)),
            (BAN_COUNT, known.ban_count.map(i64::from)),
        ];
        let flags = optional
            .iter()
            .filter(|(_, value)| value.is_some())
            .fold(0, |flags, (flag, _)| flags | flag);
        put(&mut self.0, if known.lines { flags | LINES } else { flags });
        for value in optional.into_iter().filter_map(|(_, value)| value) {
            self.signed(value);
        }
    }
}

struct Unpacker<'a>(&'a [u8]);

impl Unpacker<'_> {
    fn number(&mut self) -> Result<u64, StorageError> {
        take(&mut self.0).map_err(|_| DAMAGED)
    }

    fn signed(&mut self) -> Result<i64, StorageError> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn bytes(&mut self, count: usize) -> Result<&[u8], StorageError> {
        let (bytes, rest) = self.0.split_at_checked(count).ok_or(DAMAGED)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn byte(&mut self) -> Result<u8, StorageError> {
        self.bytes(1)?.first().copied().ok_or(DAMAGED)
    }

    fn list<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Result<T, StorageError>,
    ) -> Result<Vec<T>, StorageError> {
        // Grows with what is there: a damaged count must not reserve memory.
        (0..self.number()?).map(|_| one(self)).collect()
    }

    fn subject(&mut self) -> Result<Columns, StorageError> {
        let length = self.byte()?;
        let address = Octets::new(self.bytes(length.into())?).ok_or(DAMAGED)?;
        Ok(Columns {
            address,
            prefix: self.byte()?,
            text: if length == 0 { self.signed()? } else { 0 },
        })
    }

    fn entry(&mut self, (last_id, last_at): (i64, i64)) -> Result<Entry, StorageError> {
        let id = last_id.wrapping_add(self.signed()?);
        let is = Is {
            at: last_at.wrapping_add(self.signed()?),
            jail: self.signed()?,
            kind: self.signed()?,
        };
        let subject = self.subject()?;
        let (origin, country, asn) = (self.signed()?, self.signed()?, self.signed()?);
        let flags = self.number()?;
        let mut optional = |flag| -> Result<Option<i64>, StorageError> {
            (flags & flag != 0).then(|| self.signed()).transpose()
        };
        let known = Knowledge {
            origin,
            country,
            asn,
            actor: optional(ACTOR)?,
            cause: optional(CAUSE)?,
            bantime: optional(BANTIME)?,
            failures: optional(FAILURES)?.map(unsigned).transpose()?,
            ban_count: optional(BAN_COUNT)?.map(unsigned).transpose()?,
            lines: flags & LINES != 0,
        };
        Ok(Entry {
            id,
            is,
            subject,
            known,
        })
    }
}

fn unsigned(number: i64) -> Result<u32, StorageError> {
    u32::try_from(number).map_err(|_| DAMAGED)
}

#[cfg(test)]
mod tests;
