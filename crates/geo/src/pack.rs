//! The packed form of networks: written by the build script, read at start. Columns of one kind of number each, because they compress best.

/// What packed networks begin with.
pub(crate) const MAGIC: &[u8; 4] = b"BGN1";

/// A range of addresses that one network announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row<A> {
    /// The first address.
    pub(crate) start: A,
    /// The last address.
    pub(crate) end: A,
    /// The network.
    pub(crate) asn: u32,
}

/// All that is packed.
#[derive(Debug, Default)]
pub(crate) struct Content {
    /// When the data were made, in seconds since 1970.
    pub(crate) made_at: u64,
    /// Networks by number, with their names.
    pub(crate) names: Vec<(u32, String)>,
    /// Ranges of IPv4, ascending and apart.
    pub(crate) v4: Vec<Row<u32>>,
    /// Ranges of IPv6, ascending and apart.
    pub(crate) v6: Vec<Row<u128>>,
}

/// Packs.
pub(crate) fn pack(content: &Content) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    number(&mut out, u128::from(content.made_at));
    number(&mut out, content.names.len() as u128);
    let mut before = 0;
    for (asn, _) in &content.names {
        number(&mut out, u128::from(asn - before));
        before = *asn;
    }
    let lines: Vec<&str> = content.names.iter().map(|(_, name)| &**name).collect();
    let text = lines.join("\n");
    number(&mut out, text.len() as u128);
    out.extend_from_slice(text.as_bytes());
    let asns: Vec<u32> = content.names.iter().map(|(asn, _)| *asn).collect();
    let wide: Vec<Row<u128>> = content
        .v4
        .iter()
        .map(|row| Row {
            start: u128::from(row.start),
            end: u128::from(row.end),
            asn: row.asn,
        })
        .collect();
    family(&mut out, &wide, &asns);
    family(&mut out, &content.v6, &asns);
    out
}

fn family(out: &mut Vec<u8>, rows: &[Row<u128>], asns: &[u32]) {
    number(out, rows.len() as u128);
    let mut next = 0;
    for row in rows {
        round_number(out, row.start - next);
        next = row.end.saturating_add(1);
    }
    for row in rows {
        // The whole space is no range that anybody announces.
        round_number(out, row.end - row.start + 1);
    }
    for row in rows {
        let index = asns.binary_search(&row.asn).unwrap_or_default();
        number(out, index as u128);
    }
}

/// Seven bits a byte, lowest first.
fn number(out: &mut Vec<u8>, mut value: u128) {
    while value >= 0x80 {
        out.push(low_byte(value) | 0x80);
        value >>= 7;
    }
    out.push(low_byte(value));
}

/// A number that is most often a power of two: how many zeros it ends in, then the rest.
fn round_number(out: &mut Vec<u8>, value: u128) {
    if value == 0 {
        out.push(0);
        return;
    }
    let zeros = value.trailing_zeros();
    out.push(low_byte(u128::from(zeros)) + 1);
    number(out, value >> zeros >> 1);
}

fn low_byte(value: u128) -> u8 {
    value.to_le_bytes()[0]
}
