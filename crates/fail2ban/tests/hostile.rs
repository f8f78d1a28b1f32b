//! A peer that means harm: it may get an error, never memory, time or a crash.
#![expect(
    unsafe_code,
    reason = "an allocator that counts is the only way to see what was allocated"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use fail2ban::dump::{DumpLimits, parse_stream, parse_value};
use fail2ban::protocol::{Limits, ProtocolError, ReplyScanner, decode, encode};
use fail2ban::{BannedRow, IgnoreEntry, Subject, Value, Version};
use proptest::prelude::*;

/// Counts what each thread holds and held at most.
struct Counting;

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is passed on to the system's allocator; only numbers are kept.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = HELD.try_with(|held| {
            held.set(held.get() + layout.size());
            let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
        });
        // SAFETY: the caller's promises are the system allocator's conditions.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let _ = HELD.try_with(|held| held.set(held.get().saturating_sub(layout.size())));
        // SAFETY: the caller's promises are the system allocator's conditions.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The result of `work` and the bytes that it held at most beyond what was held before.
fn peak_of<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    PEAK.set(before);
    let result = work();
    (result, PEAK.get() - before)
}

fn small() -> Limits {
    Limits {
        max_reply_bytes: 64 << 10,
        max_request_bytes: 64 << 10,
        max_values: 10_000,
        max_text_bytes: 128 << 10,
        max_depth: 16,
    }
}

/// No reply within these limits may take more: nodes of 40 bytes, values of 32, lists that grew by doubling,
/// text twice.
const MOST: usize = 4 << 20;

fn decode_small(bytes: &[u8]) -> Result<Value, ProtocolError> {
    let (result, peak) = peak_of(|| decode(bytes, &small()));
    assert!(peak < MOST, "{peak} bytes for {} bytes", bytes.len());
    result
}

#[test]
fn length_of_four_gigabytes_allocates_nothing() {
    let prefixes: [&[u8]; 8] = [
        b"\x80\x05X\xff\xff\xff\xff",
        b"\x80\x05\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x80\x05\x8e\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\x80\x05B\xff\xff\xff\xff",
        b"\x80\x02T\xff\xff\xff\xff",
        b"\x80\x02]r\xff\xff\xff\xff.",
        b"\x80\x02]j\xff\xff\xff\xff.",
        b"\x80\x05\x95\xff\xff\xff\xff\xff\xff\xff\xff",
    ];
    for bytes in prefixes {
        let (result, peak) = peak_of(|| decode(bytes, &Limits::default()));
        assert!(result.is_err(), "{bytes:?}");
        assert!(peak < 1024, "{peak} bytes for {bytes:?}");
    }
}

#[test]
fn length_beyond_the_limit_is_refused_before_its_bytes_arrive() {
    for bytes in [
        b"\x80\x05X\xff\xff\xff\xff".as_slice(),
        b"\x80\x05\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
    ] {
        let scanned = ReplyScanner::new(&Limits::default()).scan(bytes);
        assert_eq!(scanned, Err(ProtocolError::TooLarge { limit: 64 << 20 }));
    }
    let endless_name = [b"\x80\x02c".as_slice(), &[b'a'; 600]].concat();
    assert!(ReplyScanner::new(&small()).scan(&endless_name).is_err());
}

#[test]
fn tuple_that_doubles_itself_fourteen_times_is_refused() {
    // Each level holds the one before twice: 32,767 values of 90 bytes.
    let mut bytes = b"\x80\x04)\x94".to_vec();
    for level in 0..14_u8 {
        bytes.extend_from_slice(&[b'h', level, b'h', level, 0x86, 0x94]);
    }
    bytes.push(b'.');
    assert_eq!(
        decode_small(&bytes),
        Err(ProtocolError::TooManyValues { limit: 10_000 })
    );
}

#[test]
fn text_that_is_shared_ten_thousand_times_is_refused() {
    let mut bytes = b"\x80\x04](X\x00\x40\x00\x00".to_vec();
    bytes.extend_from_slice(&[b'x'; 0x4000]);
    bytes.push(0x94);
    for _ in 0..4000 {
        bytes.extend_from_slice(b"h\x00");
    }
    bytes.extend_from_slice(b"e.");
    assert!(matches!(
        decode_small(&bytes),
        Err(ProtocolError::TooLarge { .. })
    ));
}

#[test]
fn list_that_contains_itself_is_refused() {
    assert_eq!(
        decode_small(b"\x80\x04]\x94h\x00a."),
        Err(ProtocolError::TooDeep { limit: 16 })
    );
}

#[test]
fn nesting_beyond_the_limit_is_refused_and_up_to_it_is_not() {
    let nested = |levels: usize| {
        let mut bytes = b"\x80\x04".to_vec();
        bytes.extend(std::iter::repeat_n(b']', levels));
        bytes.extend(std::iter::repeat_n(b'a', levels - 1));
        bytes.push(b'.');
        bytes
    };
    assert!(decode_small(&nested(16)).is_ok());
    assert_eq!(
        decode_small(&nested(17)),
        Err(ProtocolError::TooDeep { limit: 16 })
    );
    assert!(decode_small(&nested(9_000)).is_err());
}

#[test]
fn marks_and_memos_without_end_are_refused() {
    for filler in [
        b"(".as_slice(),
        b"]",
        b"N\x94",
        b"]q\x00",
        b")",
        b"}",
        b"\x8f",
    ] {
        let mut bytes = b"\x80\x04".to_vec();
        while bytes.len() < 60_000 {
            bytes.extend_from_slice(filler);
        }
        bytes.push(b'.');
        assert!(decode_small(&bytes).is_err(), "{filler:?}");
    }
}

#[test]
fn call_of_a_function_stays_a_name() {
    let value = decode_small(b"\x80\x02cos\nsystem\nX\x02\x00\x00\x00id\x85R.").unwrap();
    let Value::Object(object) = value else {
        panic!("{value:?}")
    };
    assert_eq!(
        (object.class.as_str(), object.args.as_slice()),
        ("os.system", ["id".into()].as_slice())
    );
}

#[test]
fn opcode_outside_the_list_is_named_with_its_place() {
    // INST, OBJ, PERSID, EXT1: they make objects by other ways.
    for opcode in [b'i', b'o', b'P', 0x82, b'I', b'V', b'\\'] {
        let bytes = [b"\x80\x04K\x00", [opcode].as_slice(), b"x\nx\n."].concat();
        assert_eq!(
            decode_small(&bytes),
            Err(ProtocolError::Forbidden { opcode, offset: 4 })
        );
    }
}

#[test]
fn integers_of_every_width_are_read() {
    for (bytes, expected) in [
        (b"\x8a\x00.".as_slice(), Value::Int(0)),
        (b"\x8a\x01\xff.", Value::Int(-1)),
        (
            b"\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80.",
            Value::Int(i64::MIN),
        ),
        (
            b"\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\x00.",
            Value::BigInt("9223372036854775808".into()),
        ),
        (b"J\xff\xff\xff\xff.", Value::Int(-1)),
        (b"M\xff\xff.", Value::Int(65535)),
        (b"G\x3f\xf8\x00\x00\x00\x00\x00\x00.", Value::Float(1.5)),
    ] {
        assert_eq!(decode_small(bytes), Ok(expected));
    }
    assert!(decode_small(&[b"\x8a\xff".as_slice(), &[1; 255], b"."].concat()).is_err());
}

#[test]
fn text_that_is_not_unicode_does_not_fail_the_reply() {
    assert_eq!(
        decode_small(b"\x80\x04\x8c\x04a\xed\xb2\x80."),
        Ok("a\u{fffd}\u{fffd}\u{fffd}".into())
    );
    assert_eq!(
        decode_small(b"\x80\x02U\x02a\xe9."),
        Ok(Value::Bytes(b"a\xe9".to_vec()))
    );
}

#[test]
fn sets_of_both_protocols_are_sets() {
    let members = Value::Set(vec![Value::Int(1), Value::Int(2)]);
    assert_eq!(
        decode_small(b"\x80\x04\x8f(K\x01K\x02\x90."),
        Ok(members.clone())
    );
    assert_eq!(
        decode_small(b"\x80\x04(K\x01K\x02\x91."),
        Ok(members.clone())
    );
    assert_eq!(
        decode_small(b"\x80\x02c__builtin__\nset\n](K\x01K\x02e\x85R."),
        Ok(members)
    );
}

proptest! {
    #[test]
    fn decoding_any_bytes_neither_panics_nor_exceeds_its_limits(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = decode_small(&bytes);
        let _ = ReplyScanner::new(&small()).scan(&bytes);
    }

    #[test]
    fn decoding_any_opcodes_neither_panics_nor_exceeds_its_limits(bytes in opcodes()) {
        let _ = decode_small(&bytes);
        let _ = ReplyScanner::new(&small()).scan(&bytes);
    }

    #[test]
    fn reading_any_text_never_panics(text in "\\PC{0,200}") {
        let limits = DumpLimits { max_bytes: 1000, max_depth: 8 };
        let _ = (parse_stream(&text, &limits), parse_value(&text, &limits));
        let _ = (Subject::parse(&text), IgnoreEntry::parse(&text), Version::parse(&text));
        prop_assert!(BannedRow::parse(&text).times.is_some() || BannedRow::parse(&text).subject == Subject::Other(text));
    }

    #[test]
    fn reading_any_python_like_text_costs_no_more_than_its_length(text in "[\\[\\](){},:'\"0-9\\\\xuNoe. \n-]{0,3000}") {
        let limits = DumpLimits { max_bytes: 4000, max_depth: 8 };
        let (_, peak) = peak_of(|| parse_stream(&text, &limits));
        prop_assert!(peak < 1024 + text.len() * 512, "{peak} bytes for {}", text.len());
    }

    #[test]
    fn terminator_anywhere_in_an_argument_is_refused(before in ".{0,10}", after in ".{0,10}") {
        let text = format!("{before}<F2B_END_COMMAND>{after}");
        let nested = [Value::List(vec![Value::List(vec![text.into()])])];
        prop_assert!(encode(&nested, &Limits::default()).is_err());
    }
}

/// Bytes that are mostly allowed opcodes, so that the machine gets far.
fn opcodes() -> impl Strategy<Value = Vec<u8>> {
    let known: &[&[u8]] = &[
        b"(",
        b"N",
        b"]",
        b")",
        b"}",
        b"\x8f",
        b"a",
        b"e",
        b"s",
        b"u",
        b"\x90",
        b"\x91",
        b"t",
        b"\x85",
        b"\x86",
        b"\x87",
        b"\x94",
        b"q\x00",
        b"q\x01",
        b"h\x00",
        b"h\x01",
        b"h\x02",
        b"K\x01",
        b"\x8c\x01a",
        b"U\x01b",
        b"cbuiltins\nstr\n",
        b"cbuiltins\nset\n",
        b"cos\nx\n",
        b"\x93",
        b"R",
        b"b",
        b"\x81",
        b".",
    ];
    prop::collection::vec(prop::sample::select(known), 0..400).prop_map(|ops| ops.concat())
}

#[test]
fn fuzzing_the_decoder_finds_nothing() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let _ = decode_small(bytes);
        let mut scanner = ReplyScanner::new(&small());
        let half = bytes.len() / 2;
        let _ = scanner
            .scan(&bytes[..half])
            .and_then(|_| scanner.scan(bytes));
    });
}
