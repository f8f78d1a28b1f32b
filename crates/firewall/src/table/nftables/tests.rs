use std::{
    io::Read as _,
    process::{Child, Command, Stdio},
};

use super::{
    element::Element,
    load::{Wanted, clean_up, count, fill, is_full, load, prepare},
    view::{HeldSet, View},
    *,
};
use crate::table::{List, kind::Direction};

/// A network namespace, as long as this lives.
struct Namespace(Child);

impl Namespace {
    fn make() -> Self {
        let mut holder = Command::new("unshare")
            .args(["--net", "sh", "-c", "echo made && exec cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let read = holder.stdout.as_mut().unwrap().read_exact(&mut [0; 5]);
        assert!(
            read.is_ok(),
            "no network namespace can be made: these tests need root"
        );
        Self(holder)
    }

    fn kernel(&self) -> Kernel {
        let file = format!("/proc/{}/ns/net", self.0.id());
        let place = Place::namespace(file.into());
        Kernel::open(&place, &"bangui".parse().unwrap()).unwrap()
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn content(networks: &[&str]) -> Content {
    Content {
        blocked: networks.iter().map(|text| text.parse().unwrap()).collect(),
        ..Content::default()
    }
}

/// So many single addresses, every third of them.
fn addresses(count: u32) -> Vec<IpNet> {
    let address = |number: u32| IpNet::from(IpAddr::from((0x0b00_0000 + number * 3).to_be_bytes()));
    (0..count).map(address).collect()
}

/// The names of the sets that hold blocked networks.
fn loads(kernel: &mut Kernel) -> Vec<u64> {
    let view = View::read(kernel).unwrap();
    let mut generations: Vec<u64> = view.sets.keys().filter_map(|id| id.generation()).collect();
    generations.dedup();
    generations.sort_unstable();
    generations.dedup();
    generations
}

#[test]
fn load_that_ends_after_any_step_leaves_the_old_in_force() {
    let namespace = Namespace::make();
    let mut kernel = namespace.kernel();
    let old = content(&["192.0.2.7/32", "198.51.100.0/24"]);
    let new = content(&["192.0.2.8/32", "203.0.113.0/24", "2001:db8::/32"]);
    let wanted = Wanted::new(&new).unwrap();
    load(&mut kernel, &old).unwrap();
    let in_force = |kernel: &mut Kernel| {
        assert_eq!(verify::verify(kernel, &old).unwrap(), []);
        assert_eq!(question::state(kernel).unwrap().unwrap().hash, old.hash());
    };
    // Its sets are made.
    let layout = prepare(&mut kernel, &wanted).unwrap();
    in_force(&mut kernel);
    // One of them is filled; this ends, and the next begins anew.
    let set = layout.loads(Direction::In).next().unwrap();
    let elements = wanted.keys(set).map(Element::plain);
    kernel.fill(set, elements).unwrap();
    in_force(&mut kernel);
    let layout = prepare(&mut kernel, &wanted).unwrap();
    assert_eq!(loads(&mut kernel), [1, 3]);
    // All are filled, and again it ends.
    fill(&mut kernel, &wanted, &layout).unwrap();
    in_force(&mut kernel);
    load(&mut kernel, &new).unwrap();
    assert_eq!(loads(&mut kernel), [4]);
    assert_eq!(verify::verify(&mut kernel, &new).unwrap(), []);
}

#[test]
fn first_load_that_ends_leaves_nothing_in_force() {
    let namespace = Namespace::make();
    let mut kernel = namespace.kernel();
    let new = content(&["192.0.2.8/32"]);
    prepare(&mut kernel, &Wanted::new(&new).unwrap()).unwrap();
    assert_eq!(question::state(&mut kernel).unwrap(), None);
    assert!(matches!(
        question::hits(&mut kernel),
        Err(TableError::Absent)
    ));
    let ban = [for_ever("192.0.2.9/32".parse().unwrap())];
    let banned = single::put(&mut kernel, Single::Banned, &ban);
    assert!(matches!(banned, Err(TableError::Absent)));
    load(&mut kernel, &new).unwrap();
    assert_eq!(loads(&mut kernel), [2]);
}

#[test]
fn set_that_is_not_full_is_not_put_in_force() {
    let namespace = Namespace::make();
    let mut kernel = namespace.kernel();
    let new = content(&["192.0.2.8/32", "192.0.2.10/32"]);
    let wanted = Wanted::new(&new).unwrap();
    let layout = prepare(&mut kernel, &wanted).unwrap();
    let set = layout.loads(Direction::In).next().unwrap();
    let fill_with = |kernel: &mut Kernel, network: &str| {
        let network = network.parse().unwrap();
        kernel.fill(set, std::iter::once(Element::first(&network)))
    };
    // Somebody puts one in before: the kernel refuses it twice.
    fill_with(&mut kernel, "192.0.2.8/32").unwrap();
    let filled = fill(&mut kernel, &wanted, &layout);
    assert!(
        matches!(filled, Err(TableError::Refused { .. })),
        "{filled:?}"
    );
    // It has one of two, and then two of two.
    let is_full_now = |kernel: &mut Kernel| {
        let view = View::read(kernel).unwrap();
        is_full(kernel, &view.sets[&set]).unwrap()
    };
    assert!(!is_full_now(&mut kernel));
    fill_with(&mut kernel, "192.0.2.10/32").unwrap();
    assert!(is_full_now(&mut kernel));
    clean_up(&mut kernel, 1).unwrap();
    assert!(loads(&mut kernel).is_empty());
}

#[test]
fn elements_are_counted_where_the_kernel_does_not_say_how_many() {
    let namespace = Namespace::make();
    let mut kernel = namespace.kernel();
    // More than the kernel tells in one message.
    let many = Content {
        blocked: addresses(5_000),
        ..Content::default()
    };
    load(&mut kernel, &many).unwrap();
    let view = View::read(&mut kernel).unwrap();
    let (id, held) = view
        .sets
        .iter()
        .find(|(id, _)| id.generation().is_some())
        .unwrap();
    assert_eq!(count(&mut kernel, *id).unwrap(), 5_000);
    let silent = HeldSet {
        count: None,
        ..held.clone()
    };
    assert!(is_full(&mut kernel, &silent).unwrap());
}

/// That a change of one network, which leaves their number as it was, is found.
fn assert_found(many: Vec<IpNet>, changed: &str) {
    let namespace = Namespace::make();
    let mut kernel = namespace.kernel();
    let many = Content {
        blocked: many,
        ..Content::default()
    };
    load(&mut kernel, &many).unwrap();
    assert_eq!(verify::verify(&mut kernel, &many).unwrap(), []);
    let mut other = many.clone();
    other.blocked[7] = changed.parse().unwrap();
    let (list, count) = (List::Blocked, 1);
    let missing = Drift::Missing {
        list,
        examples: vec![other.blocked[7]],
        count,
    };
    let excess = Drift::Excess {
        list,
        examples: vec![many.blocked[7]],
        count,
    };
    assert_eq!(
        verify::verify(&mut kernel, &other).unwrap(),
        [missing, excess]
    );
}

#[test]
fn large_sets_are_verified_without_reading_them_whole() {
    assert_found(addresses(1_100), "11.0.0.22/32");
    // Of these there are more than are cut into single addresses.
    let network = |number: u32| {
        let first = IpAddr::from((0x0b00_0000 + number * 512).to_be_bytes());
        IpNet::new(first, 24).unwrap()
    };
    let mut networks: Vec<IpNet> = (0..1_100).map(network).collect();
    networks.push("192.0.2.1/32".parse().unwrap());
    assert_found(networks, "11.0.15.0/24");
}
