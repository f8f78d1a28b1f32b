//! Who may do what, as types in the handlers' signatures.
//!
//! A handler's first argument is a [`Caller`] of the permission it needs, or a [`Visitor`] where everybody is let in. Routes are added by the macros
//! `reads!` and `acts!`, which do not compile for a handler that begins with anything else.
use std::{marker::PhantomData, net::IpAddr, sync::Arc};

use axum::{
    extract::{FromRef, FromRequestParts},
    handler::Handler,
    http::request::Parts,
};
use domain::{
    Actor, AuditAction, NewAuditEntry, Outcome, Role, Session, Timestamp, UserId, UserName,
};

use crate::{
    extract::{Client, session_token},
    problem::{Code, Problem},
    services::session_gate::SessionGate,
};

/// Something that a role allows.
pub trait Permission: Send + Sync + 'static {
    /// Its name in documentation and tests.
    const NAME: &'static str;
    /// The least role that has it.
    const ROLE: Role;
    /// Whether making use of it is a use of the session, which puts off its end.
    const IS_USE: bool;
}

macro_rules! permissions {
    (@is_use) => { true };
    (@is_use no_use) => { false };
    ($($(#[$doc:meta])* $name:ident = $text:literal from $role:ident $(, $no_use:ident)?;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub(crate) struct $name;
            impl Permission for $name {
                const NAME: &'static str = $text;
                const ROLE: Role = Role::$role;
                const IS_USE: bool = permissions!(@is_use $($no_use)?);
            }
        )+
        /// Every permission and the least role that has it.
        pub const PERMISSIONS: &[(&str, Role)] = &[$(($text, Role::$role)),+];
    };
}
permissions! {
    /// Seeing and ending one's own sessions, changing one's own password.
    OwnAccount = "own-account" from Viewer;
    /// Seeing the daemon and its jails.
    HostsRead = "hosts:read" from Viewer;
    /// Seeing bans.
    BansRead = "bans:read" from Viewer;
    /// Seeing what happened: history, statistics, addresses.
    HistoryRead = "history:read" from Viewer;
    /// Hearing what happens. A tab that is left open connects again and again by itself.
    LiveRead = "live:read" from Viewer, no_use;
    /// Asking others about addresses.
    AddressesLookUp = "addresses:lookup" from Operator;
    /// Banning and unbanning.
    BansWrite = "bans:write" from Operator;
    /// Starting, stopping, reloading and changing jails.
    JailsControl = "jails:control" from Admin;
    /// Seeing what goes on with the configuration. A tab that is left open asks again and again by itself.
    ConfigWatch = "config:watch" from Viewer, no_use;
    /// Seeing the configuration's files and versions, which may hold secrets.
    ConfigRead = "config:read" from Operator;
    /// Changing the configuration.
    ConfigWrite = "config:write" from Admin;
    /// Trying filters on lines.
    LaboratoryUse = "laboratory:use" from Operator;
    /// Reading fail2ban's log, which may hold secrets. A tab that is left open asks again and again by itself.
    LogRead = "log:read" from Operator, no_use;
    /// Restarting the daemon.
    DaemonControl = "daemon:control" from Admin;
    /// Seeing what runs on a schedule. A tab that is left open asks again and again by itself.
    TasksRead = "tasks:read" from Viewer, no_use;
    /// Having a task run at once.
    TasksRun = "tasks:run" from Admin;
    /// Seeing sources of lists, and what they blocked. A tab that is left open asks again and again by itself.
    ListsRead = "lists:read" from Viewer, no_use;
    /// Adding, changing and removing sources of lists.
    ListsWrite = "lists:write" from Admin;
    /// Seeing the allowlist.
    AllowlistRead = "allowlist:read" from Viewer;
    /// Changing the allowlist.
    AllowlistWrite = "allowlist:write" from Operator;
    /// Seeing what the packet filter does.
    FirewallRead = "firewall:read" from Viewer;
    /// Comparing what should be blocked with what is.
    FirewallCheck = "firewall:check" from Operator;
    /// Putting right what is banned and not blocked.
    FirewallRepair = "firewall:repair" from Admin;
    /// Seeing settings.
    SettingsRead = "settings:read" from Viewer;
    /// Changing settings.
    SettingsWrite = "settings:write" from Admin;
    /// Seeing who did what.
    AuditRead = "audit:read" from Admin;
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub user: UserId,
    /// Its name.
    pub name: UserName,
    /// Its role.
    pub role: Role,
    /// The session in use, with this request as its last use.
    pub session: Session,
}

/// Who asks and from where, as the audit log says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Author {
    /// Who.
    pub actor: Actor,
    /// From where.
    pub address: IpAddr,
}

impl Author {
    /// An audit entry of something that this author did with success, on nothing in particular.
    #[must_use]
    pub(crate) fn entry(&self, at: Timestamp, action: AuditAction) -> NewAuditEntry {
        NewAuditEntry {
            at,
            actor: self.actor.clone(),
            address: Some(self.address),
            action,
            host: None,
            target: String::new(),
            outcome: Outcome::Success,
            detail: serde_json::json!({}),
        }
    }
}

/// Somebody signed in who has the permission `P`.
#[derive(Debug, Clone)]
pub(crate) struct Caller<P> {
    /// Who.
    pub identity: Identity,
    /// From where.
    pub address: IpAddr,
    /// How the browser reaches us.
    pub client: Client,
    permission: PhantomData<P>,
}

impl<P> Caller<P> {
    /// Who, as the audit log says it.
    #[must_use]
    pub(crate) fn actor(&self) -> Actor {
        Actor::User {
            id: self.identity.user,
            name: self.identity.name.clone(),
        }
    }

    /// Who and from where, as the audit log says it.
    #[must_use]
    pub(crate) fn author(&self) -> Author {
        Author {
            actor: self.actor(),
            address: self.address,
        }
    }
}

impl<P, S> FromRequestParts<S> for Caller<P>
where
    P: Permission,
    S: Send + Sync,
    Arc<SessionGate>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let gate = Arc::<SessionGate>::from_ref(state);
        gate.require_setup().await?;
        let client = Client::of(parts)?;
        let token = session_token(&parts.headers, client.secure)
            .ok_or(Problem::new(Code::Unauthenticated))?;
        let identity = if P::IS_USE {
            gate.identify(&token).await?
        } else {
            gate.recognise(&token).await?
        };
        let identity = identity.ok_or(Problem::new(Code::Unauthenticated))?;
        if identity.role < P::ROLE {
            return Err(Problem::new(Code::Forbidden)
                .detail(format!("This needs the role {}.", P::ROLE.as_str())));
        }
        Ok(Self {
            identity,
            address: client.address,
            client,
            permission: PhantomData,
        })
    }
}

/// Anybody, signed in or not: for the wizard, sign-in and probes.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// Where the request comes from.
    pub client: Client,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self {
            client: Client::of(parts)?,
        })
    }
}

/// Argument lists of handlers that begin with a permission. `T` is what axum makes of the arguments.
pub(crate) trait BeginsWithPermission {}

macro_rules! begins_with_permission {
    ($($rest:ident),*) => {
        impl<M, P: Permission, $($rest),*> BeginsWithPermission for (M, Caller<P>, $($rest,)*) {}
        impl<M, $($rest),*> BeginsWithPermission for (M, Visitor, $($rest,)*) {}
    };
}
begins_with_permission!();
begins_with_permission!(A);
begins_with_permission!(A, B);
begins_with_permission!(A, B, C);
begins_with_permission!(A, B, C, D);
begins_with_permission!(A, B, C, D, E);

/// Compiles only for handlers whose first argument is a permission.
pub(crate) fn require<H, T, S>(_: H)
where
    H: Handler<T, S>,
    T: BeginsWithPermission,
{
}

/// Routes of a handler that only reads: it is given [`crate::state::ReadState`].
macro_rules! reads {
    ($handler:path) => {{
        $crate::permission::require::<_, _, $crate::state::ReadState>($handler);
        utoipa_axum::routes!($handler)
    }};
}

/// Routes of a handler that changes something: it is given [`crate::state::WriteState`].
macro_rules! acts {
    ($handler:path) => {{
        $crate::permission::require::<_, _, $crate::state::WriteState>($handler);
        utoipa_axum::routes!($handler)
    }};
}
pub(crate) use {acts, reads};

#[cfg(test)]
mod tests;
