//! What should be blocked, against what is, as it is sent.
use domain::{BlockDrift, FirewallDrift, FirewallError, JailDrift, Why};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{problem::WhyBody, services::bans::text_of};

/// The most addresses of a jail that are named.
const NAMED: usize = 100;

/// What should be blocked, against what is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FirewallDrift)]
pub(super) struct DriftBody {
    /// When it was looked at.
    at: String,
    /// fail2ban's jails that run; empty where they cannot be compared.
    jails: Vec<JailDriftBody>,
    /// Why jails cannot be compared, as while fail2ban is down; `null` where they can.
    jails_problem: Option<WhyBody>,
    /// BanGUI's own table; `null` where it cannot be compared.
    own: Option<OwnDriftBody>,
    /// Why BanGUI's own table cannot be compared; `null` where it can.
    own_problem: Option<WhyBody>,
}

/// What a jail bans, against what the packet filter blocks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FirewallJailDrift)]
struct JailDriftBody {
    /// The jail.
    jail: String,
    /// Where its bans are carried out, in few words; `null` where the packet filter has no part in it, or none was found.
    backing: Option<String>,
    /// How many it bans.
    banned: u64,
    /// How many are banned and not blocked.
    missing_count: usize,
    /// The first hundred of them.
    missing: Vec<String>,
    /// How many are blocked and not banned.
    excess_count: usize,
    /// The first hundred of them.
    excess: Vec<String>,
    /// Why it cannot be told, or not of all; empty where it can.
    unsure: Vec<WhyBody>,
}

/// What is not as it should be in BanGUI's own table.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FirewallOwnDrift)]
struct OwnDriftBody {
    /// Whether all is as it should be.
    is_right: bool,
    /// How many networks are missing.
    missing_count: u64,
    /// The first of them.
    missing: Vec<String>,
    /// How many networks are there and should not be.
    excess_count: u64,
    /// The first of them.
    excess: Vec<String>,
    /// What else is wrong, such as a rule that is gone.
    faults: Vec<WhyBody>,
}

impl From<&FirewallDrift> for DriftBody {
    fn from(drift: &FirewallDrift) -> Self {
        Self {
            at: drift.at.to_string(),
            jails: drift
                .jails
                .iter()
                .flatten()
                .map(JailDriftBody::from)
                .collect(),
            jails_problem: why_not(&drift.jails),
            own: drift.own.as_ref().ok().map(OwnDriftBody::from),
            own_problem: why_not(&drift.own),
        }
    }
}

fn why_not<T>(half: &Result<T, FirewallError>) -> Option<WhyBody> {
    half.as_ref().err().map(|error| Why::from(error).into())
}

impl From<&JailDrift> for JailDriftBody {
    fn from(drift: &JailDrift) -> Self {
        let missing = drift.missing.iter().take(NAMED);
        Self {
            jail: drift.jail.to_string(),
            backing: drift.backing.clone(),
            banned: drift.banned,
            missing_count: drift.missing.len(),
            missing: missing.map(ToString::to_string).collect(),
            excess_count: drift.excess.len(),
            excess: drift
                .excess
                .iter()
                .copied()
                .take(NAMED)
                .map(text_of)
                .collect(),
            unsure: drift.unsure.iter().cloned().map(WhyBody::from).collect(),
        }
    }
}

impl From<&BlockDrift> for OwnDriftBody {
    fn from(drift: &BlockDrift) -> Self {
        Self {
            is_right: drift.is_none(),
            missing_count: drift.missing_count,
            missing: drift.missing.iter().copied().map(text_of).collect(),
            excess_count: drift.excess_count,
            excess: drift.excess.iter().copied().map(text_of).collect(),
            faults: drift.faults.iter().cloned().map(WhyBody::from).collect(),
        }
    }
}
