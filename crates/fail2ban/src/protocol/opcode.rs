//! The allow-list of opcodes, and how long each is.

use super::ProtocolError;

/// One instruction of a reply with its argument still as bytes of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Op<'a> {
    Proto(u8),
    Frame,
    Mark,
    Stop,
    None,
    Bool(bool),
    Int(i64),
    Long(&'a [u8]),
    Float(f64),
    /// Unicode text.
    Text(&'a [u8]),
    /// A Python 2 `str`: bytes that are nearly always text.
    OldText(&'a [u8]),
    Bytes(&'a [u8]),
    EmptyList,
    Append,
    Appends,
    EmptyDict,
    SetItem,
    SetItems,
    EmptySet,
    AddItems,
    FrozenSet,
    EmptyTuple,
    Tuple,
    TupleOf(usize),
    /// Stores the top of the stack under the next free number.
    Memoize,
    Put(u32),
    Get(u32),
    Global(&'a [u8], &'a [u8]),
    StackGlobal,
    Reduce,
    Build,
}

/// What stands at the start of some bytes.
#[derive(Debug, PartialEq)]
pub(super) enum Step<'a> {
    /// A whole instruction and its length in bytes.
    Whole(Op<'a>, usize),
    /// The start of one that is at least so many bytes long.
    Short(u64),
}

/// Reads the instruction at the start of `bytes`, which stand at `offset` of the reply.
pub(super) fn read(bytes: &[u8], offset: usize) -> Result<Step<'_>, ProtocolError> {
    let Some((&code, rest)) = bytes.split_first() else {
        return Ok(Step::Short(1));
    };
    let op = match code {
        b'(' => Op::Mark,
        b'.' => Op::Stop,
        b'N' => Op::None,
        0x88 => Op::Bool(true),
        0x89 => Op::Bool(false),
        b']' => Op::EmptyList,
        b'a' => Op::Append,
        b'e' => Op::Appends,
        b'}' => Op::EmptyDict,
        b's' => Op::SetItem,
        b'u' => Op::SetItems,
        0x8f => Op::EmptySet,
        0x90 => Op::AddItems,
        0x91 => Op::FrozenSet,
        b')' => Op::EmptyTuple,
        b't' => Op::Tuple,
        0x85 => Op::TupleOf(1),
        0x86 => Op::TupleOf(2),
        0x87 => Op::TupleOf(3),
        0x94 => Op::Memoize,
        0x93 => Op::StackGlobal,
        // NEWOBJ takes a class and its arguments just as REDUCE does.
        b'R' | 0x81 => Op::Reduce,
        b'b' => Op::Build,
        _ => return read_with_argument(code, rest, offset),
    };
    Ok(Step::Whole(op, 1))
}

fn read_with_argument(code: u8, rest: &[u8], offset: usize) -> Result<Step<'_>, ProtocolError> {
    Ok(match code {
        0x80 => fixed(rest, |[version]| Op::Proto(version)),
        0x95 => fixed(rest, |_: [u8; 8]| Op::Frame),
        b'K' => fixed(rest, |[small]| Op::Int(i64::from(small))),
        b'M' => fixed(rest, |bytes| Op::Int(i64::from(u16::from_le_bytes(bytes)))),
        b'J' => fixed(rest, |bytes| Op::Int(i64::from(i32::from_le_bytes(bytes)))),
        b'G' => fixed(rest, |bytes| Op::Float(f64::from_be_bytes(bytes))),
        b'q' => fixed(rest, |[index]| Op::Put(u32::from(index))),
        b'r' => fixed(rest, |bytes| Op::Put(u32::from_le_bytes(bytes))),
        b'h' => fixed(rest, |[index]| Op::Get(u32::from(index))),
        b'j' => fixed(rest, |bytes| Op::Get(u32::from_le_bytes(bytes))),
        0x8a => counted(rest, |[n]| u64::from(n), Op::Long),
        0x8c => counted(rest, |[n]| u64::from(n), Op::Text),
        b'X' => counted(rest, |n| u64::from(u32::from_le_bytes(n)), Op::Text),
        0x8d => counted(rest, u64::from_le_bytes, Op::Text),
        b'U' => counted(rest, |[n]| u64::from(n), Op::OldText),
        b'T' => counted(rest, |n| u64::from(u32::from_le_bytes(n)), Op::OldText),
        b'C' => counted(rest, |[n]| u64::from(n), Op::Bytes),
        b'B' => counted(rest, |n| u64::from(u32::from_le_bytes(n)), Op::Bytes),
        0x8e => counted(rest, u64::from_le_bytes, Op::Bytes),
        b'c' => global(rest),
        opcode => return Err(ProtocolError::Forbidden { opcode, offset }),
    })
}

/// An argument of `N` bytes.
fn fixed<const N: usize>(rest: &[u8], op: impl FnOnce([u8; N]) -> Op<'static>) -> Step<'_> {
    match rest.first_chunk() {
        Some(argument) => Step::Whole(op(*argument), 1 + N),
        None => Step::Short(1 + N as u64),
    }
}

/// An argument that follows its length of `N` bytes.
fn counted<'a, const N: usize>(
    rest: &'a [u8],
    length: impl FnOnce([u8; N]) -> u64,
    op: impl FnOnce(&'a [u8]) -> Op<'a>,
) -> Step<'a> {
    let Some((prefix, rest)) = rest.split_first_chunk() else {
        return Step::Short(1 + N as u64);
    };
    let length = length(*prefix);
    let argument = usize::try_from(length)
        .ok()
        .and_then(|length| rest.get(..length));
    match argument {
        Some(argument) => Step::Whole(op(argument), 1 + N + argument.len()),
        None => Step::Short(length.saturating_add(1 + N as u64)),
    }
}

/// The longest module or class name that a reply may hold.
const LONGEST_NAME: usize = 512;

/// Two lines: module and name.
fn global(rest: &[u8]) -> Step<'_> {
    let mut lines = rest.splitn(3, |byte| *byte == b'\n');
    match (lines.next(), lines.next(), lines.next()) {
        (Some(module), Some(name), Some(_)) => {
            Step::Whole(Op::Global(module, name), 3 + module.len() + name.len())
        }
        // Too long to be a name: asks for more than any limit allows.
        _ if rest.len() > LONGEST_NAME => Step::Short(u64::MAX),
        _ => Step::Short(2 + rest.len() as u64),
    }
}
