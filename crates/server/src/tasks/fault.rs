//! Why a run of a task did not do what the task is there for.
use domain::StorageError;

use crate::services::blocking::NotCarriedOut;

/// Why a run failed. It is shown with the task, as the text says it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskFault {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// What is wanted was not carried out.
    #[error(transparent)]
    NotCarriedOut(NotCarriedOut),
    /// Some of the work was not done: what, and why.
    #[error("{0}")]
    Partly(String),
}

/// The most reasons that one run tells.
const MAX_REASONS: usize = 10;

impl TaskFault {
    /// The work was done, but for this; `None` where there is nothing.
    pub(crate) fn partly(reasons: &[String]) -> Option<Self> {
        if reasons.is_empty() {
            return None;
        }
        let told: Vec<&str> = reasons
            .iter()
            .take(MAX_REASONS)
            .map(String::as_str)
            .collect();
        let told = told.join("; ");
        let more = reasons.len().saturating_sub(MAX_REASONS);
        Some(Self::Partly(if more > 0 {
            format!("{told}; and {more} more")
        } else {
            told
        }))
    }
}

impl From<NotCarriedOut> for TaskFault {
    fn from(error: NotCarriedOut) -> Self {
        match error {
            NotCarriedOut::Storage(error) => Self::Storage(error),
            error => Self::NotCarriedOut(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_of_a_run_are_told_up_to_a_bound() {
        assert!(TaskFault::partly(&[]).is_none());
        let text = |count: usize| {
            let reasons: Vec<String> = (0..count).map(|number| number.to_string()).collect();
            TaskFault::partly(&reasons).unwrap().to_string()
        };
        assert_eq!(text(2), "0; 1");
        assert_eq!(text(12), "0; 1; 2; 3; 4; 5; 6; 7; 8; 9; and 2 more");
    }
}
