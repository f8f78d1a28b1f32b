//! Sets and chains that should be there and are not.
use firewall::truth::{JailBans, JailDoubt, Named};

use crate::{
    drift::{bans, nets, one},
    namespace::Namespace,
};

#[tokio::test]
async fn drift_without_the_named_set_or_chain_is_all_bans_unless_it_is_there_otherwise() {
    let namespace = Namespace::make();
    namespace.shell(
        "ipset create f2b-pairs hash:ip,port
        iptables-nft -w -A INPUT -p icmp -j ACCEPT
        iptables-nft -w -N f2b-sets
        ipset create f2b-plain hash:ip
        iptables-nft -w -A f2b-sets -m set --match-set f2b-plain src -j DROP",
    );
    let banned = nets(&["198.51.100.7", "2001:db8::7"]);
    let named = |named: Named| JailBans {
        names: vec![named],
        ..bans("jail", &["198.51.100.7", "2001:db8::7"])
    };
    for (gone, missing, unsure) in [
        (Named::NftSet("addr-set-jail".into()), banned.clone(), None),
        (Named::Ipset("f2b-jail".into()), banned.clone(), None),
        (Named::Chain("f2b-jail".into()), banned, None),
        // They are there, and are no lists of addresses.
        (
            Named::Ipset("f2b-pairs".into()),
            vec![],
            Some(JailDoubt::NotFound),
        ),
        (
            Named::Chain("f2b-sets".into()),
            vec![],
            Some(JailDoubt::NotFound),
        ),
        (
            Named::Chain("INPUT".into()),
            vec![],
            Some(JailDoubt::NotFound),
        ),
    ] {
        let found = one(&namespace, named(gone.clone())).await;
        assert_eq!(found.missing, missing, "{gone:?}");
        assert_eq!(found.unsure, Vec::from_iter(unsure), "{gone:?}");
    }
}
