//! The words of the API that a page in another language has texts for, committed as `web/src/api/words.json`.
use domain::WhyCode;
use serde::Serialize;

/// All of them.
#[derive(Serialize)]
pub(super) struct Words {
    #[serde(flatten)]
    of_configuration: agent::Words,
    /// The last parts of the types of problems.
    problems: Vec<&'static str>,
    /// The codes of reasons.
    reasons: Vec<&'static str>,
}

impl Words {
    pub(super) fn of_the_api() -> Self {
        Self {
            of_configuration: agent::words(),
            problems: server::problem_words().collect(),
            reasons: WhyCode::ALL.iter().map(|code| code.as_str()).collect(),
        }
    }
}
