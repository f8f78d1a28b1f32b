use std::{
    fs::File,
    io::BufReader,
    net::{SocketAddr, TcpListener, TcpStream},
};

use proptest::prelude::*;

use super::*;

fn of(text: &str) -> Vec<Socket> {
    sockets(text.as_bytes()).unwrap()
}

/// A real socket's row in a real table, found by its ports.
fn shown_by_the_kernel(address: &str, table: &str) {
    let listener = TcpListener::bind((address, 0)).unwrap();
    let here = listener.local_addr().unwrap();
    let caller = TcpStream::connect(here).unwrap();
    let (accepted, from) = listener.accept().unwrap();
    let table = BufReader::new(File::open(table).unwrap());
    let all = sockets(table).unwrap();
    let inode = |socket: &dyn std::os::fd::AsRawFd| {
        let link = std::fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).unwrap();
        let name = link.to_str().unwrap().to_owned();
        let digits = name.trim_matches(|c: char| !c.is_ascii_digit());
        digits.parse::<u64>().unwrap()
    };
    let remote = domain::canonical(SocketAddr::ip(&from));
    for expected in [
        Socket::Listening {
            port: here.port(),
            inode: inode(&listener),
        },
        Socket::Established {
            port: here.port(),
            remote,
            inode: inode(&accepted),
        },
        Socket::Established {
            port: from.port(),
            remote,
            inode: inode(&caller),
        },
    ] {
        assert!(all.contains(&expected), "{expected:?} is not among {all:?}");
    }
}

#[test]
fn connection_over_ipv4_is_read_from_the_kernels_table() {
    shown_by_the_kernel("127.0.0.1", "/proc/net/tcp");
}

#[test]
fn connection_over_ipv6_is_read_from_the_kernels_table() {
    shown_by_the_kernel("::1", "/proc/net/tcp6");
}

#[test]
fn table_of_a_little_endian_machine_is_read() {
    if cfg!(target_endian = "big") {
        return;
    }
    let text = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
           0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 15123 1 0000000000000000 100 0 0 10 0\n\
           1: 076433C6:0016 090200C0:C8E7 01 00000000:00000000 02:000A9B2E 00000000     0        0 43697 4 0000000000000000 20 4 31 10 -1\n\
           2: 076433C6:0016 0A0200C0:C8E8 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000\n";
    assert_eq!(
        of(text),
        [
            Socket::Listening {
                port: 22,
                inode: 15123
            },
            Socket::Established {
                port: 22,
                remote: "192.0.2.9".parse().unwrap(),
                inode: 43697
            },
        ]
    );
    let six = "   0: 0000000000000000FFFF0000076433C6:0016 0000000000000000FFFF0000090200C0:8A98 01 00000000:00000000 02:00000000 00000000     0        0 7 1 0\n\
           1: B80D0120000000000000000020000000:0016 B80D0120000000000000000009000000:8A98 01 00000000:00000000 02:00000000 00000000     0        0 8 1 0\n";
    let remotes: Vec<String> = of(six)
        .iter()
        .map(|socket| match socket {
            Socket::Established { remote, .. } => remote.to_string(),
            Socket::Listening { .. } => panic!("{socket:?}"),
        })
        .collect();
    assert_eq!(remotes, ["192.0.2.9", "2001:db8::9"]);
}

#[test]
fn lines_that_are_no_sockets_say_nothing() {
    let broken = "\n0:\n0: 0:0 0:0 01\n0: 0100007F 0100007F:1 01 0 0 0 0 0 7\n0: 010000:7F 0100007F:1 01 0 0 0 0 0 7\n\
        0: 0100007F:0016 0100007F:10000 01 0 0 0 0 0 7\n0: \u{e9}\u{e9}\u{e9}\u{e9}:0016 0100007F:1 01 0 0 0 0 0 7\n";
    assert_eq!(of(broken), []);
    assert_eq!(sockets(&b"0: \xff\xfe 01\n"[..]).unwrap(), []);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes: Vec<u8>) {
        prop_assert!(sockets(&*bytes).is_ok());
    }

    #[test]
    fn any_words_in_place_of_the_columns_are_read_without_harm(
        words in prop::collection::vec("[0-9A-Fa-f:\u{e9}]{0,40}", 0..14),
    ) {
        prop_assert!(sockets(words.join(" ").as_bytes()).is_ok());
    }

    #[test]
    fn row_that_the_kernel_would_write_is_read_as_it_was(remote: u128, port: u16, inode: u64) {
        let address = IpAddr::V6(Ipv6Addr::from(remote));
        let words = remote.to_be_bytes().chunks_exact(4).fold(String::new(), |text, word| {
            format!("{text}{:08X}", u32::from_ne_bytes(word.try_into().unwrap()))
        });
        let row = format!("   3: {words}:{port:04X} {words}:0001 01 0:0 0:0 0 0 0 {inode} 1");
        let expected = Socket::Established { port, remote: domain::canonical(address), inode };
        prop_assert_eq!(of(&row), [expected]);
    }
}
