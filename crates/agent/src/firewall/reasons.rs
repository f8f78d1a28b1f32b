//! What the packet filter's crate says, as reasons that have names.
use domain::{FirewallError, Why, WhyCode};
use firewall::{
    ProgramError, TableError, Unusable,
    truth::{Doubt, JailDoubt, ReadError, Unsure},
};

/// A packet filter that did not do or tell what it was asked.
pub(super) fn failed(error: &TableError) -> FirewallError {
    FirewallError::Failed(of_table(error))
}

/// Rules that cannot be read.
#[expect(
    clippy::needless_pass_by_value,
    reason = "errors are handed over to be told"
)]
pub(super) fn unread(error: ReadError) -> FirewallError {
    FirewallError::Failed(match &error {
        ReadError::Program(program) => of_program(program),
        ReadError::Output { program, reason } => Why::new(WhyCode::ProgramFailed, &error)
            .name(program)
            .detail(reason),
        ReadError::Kernel(source) => Why::new(WhyCode::KernelRefused, &error).detail(source),
    })
}

/// Neither way of holding a table can be used.
pub(super) fn unusable(why: &Unusable) -> FirewallError {
    FirewallError::Unusable(Why::new(WhyCode::FirewallMissing, why).detail(why))
}

fn of_table(error: &TableError) -> Why {
    match error {
        TableError::Namespace { source, .. } | TableError::Socket { source } => {
            Why::new(WhyCode::KernelRefused, error).detail(source)
        }
        TableError::Refused { deed, source } => {
            Why::new(WhyCode::KernelRefused, error).detail(format_args!("{deed}: {source}"))
        }
        TableError::Answer { what } => Why::new(WhyCode::KernelRefused, error).detail(what),
        TableError::Contended { attempts } => {
            Why::new(WhyCode::RulesContended, error).count(*attempts)
        }
        TableError::NotHeld { what } => Why::new(WhyCode::NotHeld, error).detail(what),
        TableError::Absent => Why::new(WhyCode::TableMissing, error),
        TableError::Foreign { table } => Why::new(WhyCode::TableForeign, error).name(table),
        TableError::Program(program) => of_program(program),
        TableError::Ended => Why::new(WhyCode::Ended, error),
        TableError::Disorder { .. } => Why::unnamed(error),
    }
}

fn of_program(error: &ProgramError) -> Why {
    match error {
        ProgramError::Absent { program } => Why::new(WhyCode::ProgramAbsent, error).name(program),
        ProgramError::Io { program, source } => Why::new(WhyCode::ProgramFailed, error)
            .name(program)
            .detail(source),
        ProgramError::Time { program, limit } => Why::new(WhyCode::ProgramTooSlow, error)
            .name(program)
            .limit(limit.as_secs()),
        ProgramError::Output { .. } => Why::unnamed(error),
        ProgramError::Refused { program, complaint } => Why::new(WhyCode::ProgramRefused, error)
            .name(program)
            .detail(complaint),
    }
}

/// What is not known about a jail's bans.
pub(super) fn of_jail(doubt: &JailDoubt) -> Why {
    match doubt {
        JailDoubt::Unread { name, reason } => Why::new(WhyCode::SetUnread, doubt)
            .name(name)
            .detail(reason),
        JailDoubt::NotInForce { name } => Why::new(WhyCode::SetNotInForce, doubt).name(name),
        JailDoubt::LetThrough => Why::new(WhyCode::BannedLetThrough, doubt),
        JailDoubt::NotFound => Why::new(WhyCode::JailSetNotFound, doubt),
    }
}

/// What is not known about a packet. The rule that asks for it stays as the packet filter writes it.
pub(super) fn of_packet(unsure: &Unsure) -> Why {
    let reason = of_doubt(&unsure.doubt);
    match &unsure.rule {
        Some(rule) => reason.rule(&rule.chain, &rule.text),
        None => reason,
    }
}

fn of_doubt(doubt: &Doubt) -> Why {
    let code = match doubt {
        Doubt::Interface => WhyCode::DependsOnInterface,
        Doubt::Destination => WhyCode::DependsOnDestination,
        Doubt::SourcePort => WhyCode::DependsOnSourcePort,
        Doubt::Mark => WhyCode::DependsOnMark,
        Doubt::Rate => WhyCode::DependsOnRate,
        Doubt::Program => WhyCode::DependsOnProgram,
        Doubt::Set { name, reason } => {
            let unread = Why::new(WhyCode::SetUnread, doubt);
            return unread.name(name).detail(reason);
        }
        Doubt::Unknown { text } => {
            return Why::new(WhyCode::RuleNotUnderstood, doubt).detail(text);
        }
        Doubt::Unread { reason } => {
            return Why::new(WhyCode::PartUnread, doubt).detail(reason);
        }
        Doubt::Own => WhyCode::OwnAddress,
        Doubt::Size => WhyCode::RulesTooMany,
        Doubt::NothingPublished => WhyCode::NothingPublished,
        Doubt::Translated => WhyCode::DestinationTranslated,
    };
    Why::new(code, doubt)
}
