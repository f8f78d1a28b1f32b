//! The machine that runs a reply's instructions.

use super::arena::{Index, Node, grow};
use super::opcode::{self, Op, Step};
use super::{Limits, ProtocolError, Value};

/// Decodes one pickled value, without its terminator; all bytes must belong to it.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Value, ProtocolError> {
    if bytes.len() > limits.max_reply_bytes {
        return Err(ProtocolError::TooLarge {
            limit: limits.max_reply_bytes,
        });
    }
    let mut machine = Machine::new(limits);
    let mut offset = 0;
    loop {
        let rest = bytes.get(offset..).unwrap_or_default();
        let Step::Whole(op, length) = opcode::read(rest, offset)? else {
            return Err(ProtocolError::Truncated);
        };
        machine.offset = offset;
        offset += length;
        if op == Op::Stop {
            break;
        }
        machine.step(op)?;
    }
    if offset != bytes.len() {
        return Err(ProtocolError::Malformed {
            offset,
            what: "bytes after the value",
        });
    }
    let root = machine.pop()?;
    grow(&machine.nodes, root, limits)
}

/// A memo may leave at most so many numbers unused; every Python counts them up without gaps.
const LARGEST_MEMO_GAP: usize = 1024;

/// Bytes of the largest integer: 77 decimal digits. Printing takes the square of the length.
const LONGEST_INTEGER: usize = 32;

struct Machine<'a> {
    nodes: Vec<Node<'a>>,
    stack: Vec<Index>,
    /// Stack heights.
    marks: Vec<usize>,
    memo: Vec<Option<Index>>,
    /// How much may still be pushed. Bounds the nodes, the stack and the memo together.
    pushes: usize,
    limit: usize,
    offset: usize,
}

impl<'a> Machine<'a> {
    fn new(limits: &Limits) -> Self {
        Self {
            nodes: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: Vec::new(),
            pushes: limits.max_values,
            limit: limits.max_values,
            offset: 0,
        }
    }

    fn step(&mut self, op: Op<'a>) -> Result<(), ProtocolError> {
        match op {
            Op::Proto(version) if version > 5 => Err(self.malformed("an unknown protocol version")),
            Op::Proto(_) | Op::Frame | Op::Stop => Ok(()),
            Op::None => self.push(Node::None),
            Op::Bool(truth) => self.push(Node::Bool(truth)),
            Op::Int(number) => self.push(Node::Int(number)),
            Op::Long(bytes) if bytes.len() > LONGEST_INTEGER => {
                Err(self.malformed("an integer of that length"))
            }
            Op::Long(bytes) => self.push(long(bytes)),
            Op::Float(number) => self.push(Node::Float(number)),
            Op::Text(bytes) => self.push(Node::Text {
                bytes,
                lenient: false,
            }),
            Op::OldText(bytes) => self.push(Node::Text {
                bytes,
                lenient: true,
            }),
            Op::Bytes(bytes) => self.push(Node::Bytes(bytes)),
            Op::EmptyList => self.push(Node::List(Vec::new())),
            Op::EmptyDict => self.push(Node::Dict(Vec::new())),
            Op::EmptySet => self.push(Node::Set(Vec::new())),
            Op::EmptyTuple => self.push(Node::Tuple(Vec::new())),
            Op::Mark => self.mark(),
            Op::Memoize => self.memoize(self.memo.len()),
            Op::Put(index) => self.memoize(index as usize),
            Op::Get(index) => self.recall(index as usize),
            other => self.combine(other),
        }
    }

    /// Instructions that build something of what is already on the stack.
    fn combine(&mut self, op: Op<'a>) -> Result<(), ProtocolError> {
        match op {
            Op::Append => {
                let item = self.pop()?;
                self.extend(vec![item])
            }
            Op::Appends | Op::AddItems => {
                let items = self.pop_to_mark()?;
                self.extend(items)
            }
            Op::SetItem => {
                let value = self.pop()?;
                let key = self.pop()?;
                self.insert(&[key, value])
            }
            Op::SetItems => {
                let items = self.pop_to_mark()?;
                self.insert(&items)
            }
            Op::FrozenSet => {
                let items = self.pop_to_mark()?;
                self.push(Node::Set(items))
            }
            Op::Tuple => {
                let items = self.pop_to_mark()?;
                self.push(Node::Tuple(items))
            }
            Op::TupleOf(count) => {
                let items = self.pop_many(count)?;
                self.push(Node::Tuple(items))
            }
            Op::Global(module, name) => {
                let name = format!(
                    "{}.{}",
                    String::from_utf8_lossy(module),
                    String::from_utf8_lossy(name)
                );
                self.push(Node::Global(name))
            }
            Op::StackGlobal => self.stack_global(),
            Op::Reduce => self.reduce(),
            Op::Build => self.build(),
            _ => Err(self.malformed("an instruction out of place")),
        }
    }

    fn stack_global(&mut self) -> Result<(), ProtocolError> {
        let name = self.pop()?;
        let module = self.pop()?;
        let joined = match (self.text(module), self.text(name)) {
            (Some(module), Some(name)) if module.len() + name.len() <= 1024 => {
                format!(
                    "{}.{}",
                    String::from_utf8_lossy(module),
                    String::from_utf8_lossy(name)
                )
            }
            _ => return Err(self.malformed("a class without a name")),
        };
        self.push(Node::Global(joined))
    }

    /// Calls nothing: the few constructors of plain values are known by name, all else stays a name
    /// with arguments.
    fn reduce(&mut self) -> Result<(), ProtocolError> {
        let args = self.pop()?;
        let class = self.pop()?;
        let (Some(Node::Global(name)), Some(Node::Tuple(items))) = (
            self.nodes.get(class as usize),
            self.nodes.get(args as usize),
        ) else {
            return Err(self.malformed("a call of something that is not a class"));
        };
        match (name.as_str(), items.as_slice()) {
            ("builtins.str" | "__builtin__.str" | "__builtin__.unicode", [only])
                if self.text(*only).is_some() =>
            {
                let only = *only;
                self.push_index(only)
            }
            (
                "builtins.set" | "builtins.frozenset" | "__builtin__.set" | "__builtin__.frozenset",
                [only],
            ) => match self.nodes.get(*only as usize) {
                Some(Node::List(members)) => {
                    let members = members.clone();
                    self.spend(members.len())?;
                    self.push(Node::Set(members))
                }
                _ => Err(self.malformed("a set of something that is not a list")),
            },
            _ => self.push(Node::Object {
                class,
                args,
                state: None,
            }),
        }
    }

    fn build(&mut self) -> Result<(), ProtocolError> {
        let new = self.pop()?;
        let target = self.top()?;
        match self.nodes.get_mut(target as usize) {
            Some(Node::Object { state, .. }) => {
                *state = Some(new);
                Ok(())
            }
            _ => Err(self.malformed("a state for something that has none")),
        }
    }

    fn extend(&mut self, items: Vec<Index>) -> Result<(), ProtocolError> {
        let target = self.top()?;
        match self.nodes.get_mut(target as usize) {
            Some(Node::List(list) | Node::Set(list)) => {
                if list.is_empty() {
                    *list = items;
                } else {
                    list.extend_from_slice(&items);
                }
                Ok(())
            }
            _ => Err(self.malformed("items for something that is no list")),
        }
    }

    fn insert(&mut self, items: &[Index]) -> Result<(), ProtocolError> {
        let target = self.top()?;
        let (pairs, rest) = items.as_chunks::<2>();
        match self.nodes.get_mut(target as usize) {
            Some(Node::Dict(dict)) if rest.is_empty() => {
                dict.extend(pairs.iter().map(|[key, value]| (*key, *value)));
                Ok(())
            }
            _ => Err(self.malformed("pairs for something that is no dict")),
        }
    }

    fn mark(&mut self) -> Result<(), ProtocolError> {
        self.spend(1)?;
        self.marks.push(self.stack.len());
        Ok(())
    }

    fn memoize(&mut self, index: usize) -> Result<(), ProtocolError> {
        let top = self.top()?;
        self.spend(1)?;
        if index > self.memo.len() + LARGEST_MEMO_GAP {
            return Err(self.malformed("a memo number out of order"));
        }
        if index >= self.memo.len() {
            self.spend(index - self.memo.len())?;
            self.memo.resize(index + 1, None);
        }
        if let Some(slot) = self.memo.get_mut(index) {
            *slot = Some(top);
        }
        Ok(())
    }

    fn recall(&mut self, index: usize) -> Result<(), ProtocolError> {
        match self.memo.get(index) {
            Some(Some(known)) => {
                let known = *known;
                self.push_index(known)
            }
            _ => Err(self.malformed("a memo number that was never given")),
        }
    }

    fn push(&mut self, node: Node<'a>) -> Result<(), ProtocolError> {
        let index = Index::try_from(self.nodes.len())
            .map_err(|_| ProtocolError::TooManyValues { limit: self.limit })?;
        self.push_index(index)?;
        self.nodes.push(node);
        Ok(())
    }

    fn push_index(&mut self, index: Index) -> Result<(), ProtocolError> {
        self.spend(1)?;
        self.stack.push(index);
        Ok(())
    }

    fn spend(&mut self, count: usize) -> Result<(), ProtocolError> {
        self.pushes = self
            .pushes
            .checked_sub(count)
            .ok_or(ProtocolError::TooManyValues { limit: self.limit })?;
        Ok(())
    }

    /// What stands below the newest mark belongs to it and cannot be taken.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or_default()
    }

    fn pop(&mut self) -> Result<Index, ProtocolError> {
        if self.stack.len() <= self.floor() {
            return Err(self.malformed("nothing to take"));
        }
        self.stack.pop().ok_or(ProtocolError::Truncated)
    }

    fn top(&self) -> Result<Index, ProtocolError> {
        if self.stack.len() <= self.floor() {
            return Err(self.malformed("nothing to work on"));
        }
        self.stack.last().copied().ok_or(ProtocolError::Truncated)
    }

    fn pop_many(&mut self, count: usize) -> Result<Vec<Index>, ProtocolError> {
        match self.stack.len().checked_sub(count) {
            Some(start) if start >= self.floor() => Ok(self.stack.split_off(start)),
            _ => Err(self.malformed("too little to take")),
        }
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Index>, ProtocolError> {
        match self.marks.pop() {
            Some(start) => Ok(self.stack.split_off(start)),
            None => Err(self.malformed("no start of the items")),
        }
    }

    fn text(&self, index: Index) -> Option<&'a [u8]> {
        match self.nodes.get(index as usize) {
            Some(Node::Text { bytes, .. }) => Some(bytes),
            _ => None,
        }
    }

    fn malformed(&self, what: &'static str) -> ProtocolError {
        ProtocolError::Malformed {
            offset: self.offset,
            what,
        }
    }
}

/// An integer, little-endian two's complement.
fn long(bytes: &[u8]) -> Node<'_> {
    let negative = bytes.last().is_some_and(|last| *last >= 0x80);
    let mut wide = [if negative { 0xff } else { 0 }; 8];
    match wide.get_mut(..bytes.len()) {
        Some(low) => {
            low.copy_from_slice(bytes);
            Node::Int(i64::from_le_bytes(wide))
        }
        None => Node::BigInt(bytes),
    }
}
