//! From where people lately got in.
use std::{collections::BTreeSet, net::IpAddr};

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How many days back a login is recent.
pub const RECENT_LOGIN_DAYS: u16 = 30;

/// The most addresses of one network that [`crate::HostReads::recent_logins`] names; more are counted only.
pub const MAX_RECENT_LOGINS: usize = 200;

/// By which way somebody got in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LoginWay {
    /// sshd wrote that it let a user in.
    Ssh,
    /// The machine's record of logins, whatever program let the user in.
    Login,
    /// A sign-in to BanGUI.
    BanGui,
}

/// An address from which somebody got in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecentLogin {
    /// The address.
    pub address: IpAddr,
    /// When somebody last did.
    pub last_at: Timestamp,
    /// All ways by which somebody did.
    pub ways: BTreeSet<LoginWay>,
}

/// From where within a network people got in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecentLogins {
    /// Whether something was found that keeps record of logins. Where nothing was, an empty list says nothing.
    pub known: bool,
    /// Those with the newest login first, at most [`MAX_RECENT_LOGINS`].
    pub items: Vec<RecentLogin>,
    /// How many addresses there are.
    pub total: usize,
}
