use proptest::prelude::*;

use super::*;

prop_compose! {
    fn subject()(address in prop::sample::select(vec![0_usize, 4, 16]), bytes: [u8; 16], prefix: u8, text: i64) -> Columns {
        Columns {
            address: Octets::new(&bytes[..address]).unwrap(),
            prefix,
            text: if address == 0 { text } else { 0 },
        }
    }
}

prop_compose! {
    fn knowledge()(
        (origin, country, asn) in any::<(u8, u16, u32)>(),
        (actor, cause, bantime) in any::<(Option<u32>, Option<u8>, Option<i64>)>(),
        (failures, ban_count, lines) in any::<(Option<u32>, Option<u32>, bool)>(),
    ) -> Knowledge {
        Knowledge {
            origin: origin.into(),
            country: country.into(),
            asn: asn.into(),
            actor: actor.map(i64::from),
            cause: cause.map(i64::from),
            bantime,
            failures,
            ban_count,
            lines,
        }
    }
}

prop_compose! {
    fn entry()((id, at, jail, kind) in any::<(i64, i64, u32, u8)>(), subject in subject(), known in knowledge()) -> Entry {
        Entry { id, is: Is { at, jail: jail.into(), kind: kind.into() }, subject, known }
    }
}

prop_compose! {
    fn failed()(subject in subject(), jail: i64, count: i64, last_at: i64) -> Failed {
        Failed { subject, jail, count, last_at }
    }
}

proptest! {
    #[test]
    fn chunk_packed_and_unpacked_is_the_same(
        events in prop::collection::vec(entry(), 0..9),
        failures in prop::collection::vec(failed(), 0..9),
    ) {
        let chunk = Chunk::new(7, events.clone().into_iter(), failures).unwrap();
        let again = unpack(7, &pack(&chunk)).unwrap();
        prop_assert_eq!(&again.entries().collect::<Vec<_>>(), &events);
        prop_assert_eq!(chunk.entries().collect::<Vec<_>>(), events);
        prop_assert_eq!(again.failures, chunk.failures);
    }

    #[test]
    fn key_that_is_too_large_is_refused_and_never_another_ones(
        entry in entry(),
        which in 0_usize..7,
        above in any::<u16>(),
        below in any::<bool>(),
    ) {
        let beyond = |most: i64| if below { -1 - i64::from(above) } else { most + 1 + i64::from(above) };
        let mut wrong = entry.clone();
        match which {
            0 => wrong.is.jail = beyond(u32::MAX.into()),
            1 => wrong.is.kind = beyond(u8::MAX.into()),
            2 => wrong.known.origin = beyond(u8::MAX.into()),
            3 => wrong.known.country = beyond(u16::MAX.into()),
            4 => wrong.known.asn = beyond(u32::MAX.into()),
            5 => wrong.known.actor = Some(beyond(u32::MAX.into())),
            _ => wrong.known.cause = Some(beyond(u8::MAX.into())),
        }
        prop_assert!(Chunk::new(1, vec![entry.clone(), wrong.clone()].into_iter(), Vec::new()).is_err());
        let chunk = Chunk::new(1, std::iter::once(entry.clone()), Vec::new()).unwrap();
        prop_assert!(chunk.with(vec![wrong.clone()], Vec::new()).is_err());
        prop_assert!(chunk.changed(0, wrong.clone()).is_err());
        // A row on the disk with such a key is damaged.
        let mut packer = Packer(Vec::new());
        packer.count(1);
        packer.entry(&wrong, (0, 0));
        packer.count(0);
        prop_assert!(unpack(1, &packer.0).is_err());
    }

    #[test]
    fn bytes_from_anywhere_never_panic(bytes: Vec<u8>) {
        let _ = unpack(1, &bytes);
    }

    #[test]
    fn chunk_that_is_cut_is_refused(events in prop::collection::vec(entry(), 1..4)) {
        let bytes = pack(&Chunk::new(1, events.into_iter(), Vec::new()).unwrap());
        for end in 0..bytes.len() {
            prop_assert!(unpack(1, &bytes[..end]).is_err());
        }
    }
}

#[test]
fn chunk_with_more_behind_it_is_refused() {
    let mut bytes = pack(&Chunk::new(1, Vec::new().into_iter(), Vec::new()).unwrap());
    bytes.push(0);
    assert!(unpack(1, &bytes).is_err());
}
