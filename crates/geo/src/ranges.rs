//! Ranges of addresses of one family, and what stands at each. Made by the build script for what comes with the binary, and at run time for a user's files: hence
//! numbers are bytes, highest first, which compare as the numbers do and can be used where they lie in the binary, whatever the alignment.
use std::borrow::Cow;

/// Numbers side by side, in the binary or made at run time.
pub(crate) type Column<const N: usize> = Cow<'static, [[u8; N]]>;

/// What stands where nothing is known.
pub(crate) const NOTHING: u32 = 0;

/// Addresses of a block of IPv4, as a power of two.
pub(crate) const BLOCK_BITS: u32 = 16;

/// Ranges that are not in ascending order, or that overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Disordered;

impl std::fmt::Display for Disordered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ranges overlap or are not in order")
    }
}

impl std::error::Error for Disordered {}

/// Ranges in order. A gap is a range of [`NOTHING`], so that only beginnings are kept.
#[derive(Debug, Default)]
pub(crate) struct Ranges<const N: usize> {
    pub(crate) starts: Column<N>,
    pub(crate) values: Column<4>,
    /// How many were added, gaps not counted.
    pub(crate) count: u64,
}

/// Ranges in the making.
#[derive(Debug)]
pub(crate) struct Growing<const N: usize> {
    starts: Vec<[u8; N]>,
    values: Vec<[u8; 4]>,
    /// Where the last range ended: the first address that nothing was said of. `None` past the last address.
    open: Option<[u8; N]>,
    count: u64,
}

impl<const N: usize> Growing<N> {
    /// No ranges yet.
    pub(crate) const fn new() -> Self {
        Self {
            starts: Vec::new(),
            values: Vec::new(),
            open: Some([0; N]),
            count: 0,
        }
    }

    /// Adds a range after all others. `next` is the address after its last one, `None` where there is none.
    pub(crate) fn push(
        &mut self,
        start: [u8; N],
        next: Option<[u8; N]>,
        value: u32,
    ) -> Result<(), Disordered> {
        let open = self.open.ok_or(Disordered)?;
        if start < open || next.is_some_and(|next| next <= start) {
            return Err(Disordered);
        }
        if start > open {
            self.begin(open, NOTHING);
        }
        self.begin(start, value);
        self.open = next;
        self.count += 1;
        Ok(())
    }

    /// A range like the one before it is part of it.
    fn begin(&mut self, start: [u8; N], value: u32) {
        let value = value.to_be_bytes();
        if self.values.last().copied().unwrap_or_default() != value {
            self.starts.push(start);
            self.values.push(value);
        }
    }

    /// Ends the last range, and gives back the room that was not needed.
    pub(crate) fn finish(mut self) -> Ranges<N> {
        if let Some(open) = self.open.take() {
            self.begin(open, NOTHING);
        }
        self.starts.shrink_to_fit();
        self.values.shrink_to_fit();
        Ranges {
            starts: self.starts.into(),
            values: self.values.into(),
            count: self.count,
        }
    }
}

/// How many ranges of IPv4 begin before each block of 65,536 addresses; one more at the end.
pub(crate) fn blocks(starts: &[[u8; 4]]) -> Vec<[u8; 4]> {
    let mut blocks = Vec::with_capacity((1 << BLOCK_BITS) + 1);
    let mut at = 0_u32;
    let mut starts = starts.iter().peekable();
    for block in 0..1_u32 << BLOCK_BITS {
        let first = (block << BLOCK_BITS).to_be_bytes();
        while starts.next_if(|start| **start < first).is_some() {
            at += 1;
        }
        blocks.push(at.to_be_bytes());
    }
    let rest = u32::try_from(starts.count()).unwrap_or(u32::MAX);
    blocks.push(at.saturating_add(rest).to_be_bytes());
    blocks
}
