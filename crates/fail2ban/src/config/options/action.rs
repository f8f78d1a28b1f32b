//! Options of actions.

use super::{Group, OptionSpec, Place, ValueKind, option};

const fn command(name: &'static str, help: &'static str) -> OptionSpec {
    option(
        Place::Action,
        Group::Commands,
        name,
        ValueKind::Command,
        help,
    )
}

const fn switch(name: &'static str, help: &'static str) -> OptionSpec {
    option(
        Place::Action,
        Group::Advanced,
        name,
        ValueKind::Boolean,
        help,
    )
}

const fn init(
    group: Group,
    name: &'static str,
    value: ValueKind,
    help: &'static str,
) -> OptionSpec {
    // Parameters are put into the text of commands.
    option(Place::ActionInit, group, name, value, help).privileged()
}

pub(super) static OPTIONS: &[OptionSpec] = &[
    command(
        "actionban",
        "Commands that ban an address; <ip> stands for it, <bantime>, <failures>, <matches> and others for what is known of the ban.",
    ),
    command(
        "actionunban",
        "Commands that end the ban of an address.",
    ),
    command(
        "actionstart",
        "Commands that prepare what bans need, such as a chain or a set. They run when the jail starts, or before the first ban.",
    ),
    command(
        "actionstop",
        "Commands that take away what the start made. They run when the jail stops.",
    ),
    command(
        "actioncheck",
        "Commands that look whether all is there that bans need. When one fails, the stop and start commands run again.",
    ),
    command(
        "actionrepair",
        "Commands that repair what the check found broken, in place of stop and start.",
    ),
    command(
        "actionflush",
        "Commands that end all bans at once; without them each is ended by itself.",
    ),
    command(
        "actionreload",
        "Commands that run when the jail is loaded anew.",
    ),
    command(
        "actionreban",
        "Commands that ban an address again after a repair or a reload; without them those that ban it.",
    ),
    command(
        "actionprolong",
        "Commands that make a ban longer while it lasts, for actions whose firewall counts the time itself.",
    ),
    switch(
        "actionstart_on_demand",
        "Whether the start commands wait for the first ban. Without it they wait where the action treats IPv4 and IPv6 differently.",
    ),
    switch(
        "actionrepair_on_unban",
        "Whether a failed check is repaired also when a ban ends.",
    )
    .default("false"),
    switch(
        "norestored",
        "Whether bans that are restored after a restart of fail2ban are left out, so that mails and reports are not sent twice.",
    )
    .default("false"),
    init(
        Group::General,
        "name",
        ValueKind::Text,
        "A name for chains and sets, to tell jails apart. It is the jail's name unless the jail gives another.",
    ),
    init(
        Group::General,
        "actname",
        ValueKind::Text,
        "The name of the action within its jail; needed where a jail has the same action twice.",
    ),
    init(
        Group::Actions,
        "port",
        ValueKind::Ports,
        "The ports that banned addresses cannot reach; the jail usually gives them.",
    ),
    init(
        Group::Actions,
        "protocol",
        ValueKind::Choice {
            words: &["tcp", "udp", "icmp", "all", "tcp,udp"],
            open: true,
        },
        "The protocol that is blocked; the jail usually gives it.",
    ),
    init(
        Group::Actions,
        "chain",
        ValueKind::Text,
        "The chain of the firewall that bans are put into.",
    ),
    init(
        Group::Actions,
        "blocktype",
        ValueKind::Text,
        "What the firewall does with packets of banned addresses, in its own words, such as REJECT or DROP.",
    ),
    init(
        Group::Mail,
        "dest",
        ValueKind::Text,
        "The address that gets the mails.",
    ),
    init(
        Group::Mail,
        "sender",
        ValueKind::Text,
        "The address that mails come from.",
    ),
    init(
        Group::Sources,
        "logpath",
        ValueKind::Paths,
        "The log files that mails quote lines of.",
    ),
    init(
        Group::Advanced,
        "timeout",
        ValueKind::Duration { permanent: false },
        "How long a command may run before it is ended.",
    )
    .default("60")
    .unit("seconds"),
];
