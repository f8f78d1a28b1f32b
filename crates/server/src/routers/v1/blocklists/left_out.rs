//! What was left out of a list, as it is sent.
use domain::{LeftOut, ProtectedNetwork};
use ipnet::IpNet;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{problem::HitReason, services::bans::text_of};

/// What was left out of a list: the first 20 of each kind. Empty in runs from before this was kept.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BlocklistLeftOut)]
pub(super) struct LeftOutBody {
    /// Protected networks that were cut out.
    subtracted: Vec<ProtectedBody>,
    /// Networks that meet private, reserved or other special networks.
    special: Vec<String>,
    /// Networks that are wider than any may be.
    too_wide: Vec<String>,
}

/// A protected network.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlocklistProtected)]
pub(super) struct ProtectedBody {
    /// The network.
    network: String,
    /// Why it is protected.
    reason: HitReason,
}

impl From<LeftOut> for LeftOutBody {
    fn from(left_out: LeftOut) -> Self {
        let texts = |networks: Vec<IpNet>| networks.into_iter().map(text_of).collect();
        let subtracted = left_out.subtracted.into_iter();
        Self {
            subtracted: subtracted.map(ProtectedBody::from).collect(),
            special: texts(left_out.special),
            too_wide: texts(left_out.too_wide),
        }
    }
}

impl From<ProtectedNetwork> for ProtectedBody {
    fn from(protected: ProtectedNetwork) -> Self {
        Self {
            network: text_of(protected.network),
            reason: protected.reason.into(),
        }
    }
}
