//! Why something is not as it should be, as it is sent.
use domain::{Why, WhyCode, WhyFacts};
use serde::Serialize;
use utoipa::ToSchema;

/// Why something is not as it should be: a sentence, with a word by which it can be said in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Why)]
pub(crate) struct WhyBody {
    /// A stable word; `null` where there is none, and the sentence is all. More may come: what is not known is said by the sentence.
    code: Option<&'static str>,
    /// It in plain English, with all that `facts` say. Text from outside inside.
    text: String,
    /// What it is about.
    facts: WhyFactsBody,
}

/// What a reason is about; which of them there are is by the code. Texts are from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WhyFacts)]
pub(crate) struct WhyFactsBody {
    /// A host of the internet.
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    /// What something is called: a jail, a set, a chain, a program, a kind of address.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// A status of HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// What was exceeded: bytes, seconds, networks, redirects.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    /// What somebody else says about it, in words of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The rule of the firewall that it is about, with its chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
}

impl From<Why> for WhyBody {
    fn from(reason: Why) -> Self {
        let WhyFacts {
            host,
            name,
            status,
            limit,
            count,
            detail,
            rule,
        } = reason.facts;
        Self {
            code: reason.code.map(WhyCode::as_str),
            text: reason.text,
            facts: WhyFactsBody {
                host,
                name,
                status,
                limit,
                count,
                detail,
                rule,
            },
        }
    }
}
