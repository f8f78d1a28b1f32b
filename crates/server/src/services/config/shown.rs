//! What each role may see of the configuration: secrets are for those who may read the files.
use domain::{
    ConfigItem, ConfigItemSummary, ConfigItems, ConfigOption, Finding, HIDDEN, Reason, Role,
    Secrets, names_a_secret,
};

/// The least role that sees secrets: it may read the files themselves.
const SEES_SECRETS: Role = Role::Operator;

/// Something that may hold secrets.
pub(crate) trait Shown: Sized {
    /// The secrets in it, as far as they can be told.
    fn secrets(&self) -> Secrets;

    /// The same without them.
    #[must_use]
    fn without(self, secrets: &Secrets) -> Self;

    /// What a role may see of it.
    #[must_use]
    fn shown_to(self, role: Role) -> Self {
        if role >= SEES_SECRETS {
            return self;
        }
        let secrets = self.secrets();
        self.without(&secrets)
    }
}

/// Whether the values of an option are hidden from a role.
pub(crate) fn hides(role: Role, option: &str) -> bool {
    role < SEES_SECRETS && names_a_secret(option)
}

impl Shown for ConfigItems {
    fn secrets(&self) -> Secrets {
        Secrets::default()
    }

    fn without(self, secrets: &Secrets) -> Self {
        Self {
            items: self
                .items
                .into_iter()
                .map(|item| summary(item, secrets))
                .collect(),
            findings: findings(self.findings, secrets),
            ..self
        }
    }
}

impl Shown for ConfigItem {
    fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        for option in &self.options {
            let values = [&option.value, &option.raw, &option.running];
            let overridden = option.overrides.iter().map(|layer| &layer.raw);
            for value in values.into_iter().flatten().chain(overridden) {
                secrets.learn(&option.name, value);
            }
        }
        secrets
    }

    fn without(self, secrets: &Secrets) -> Self {
        let options = self
            .options
            .into_iter()
            .map(|option| hidden(option, secrets));
        Self {
            summary: summary(self.summary, secrets),
            options: options.collect(),
            findings: findings(self.findings, secrets),
            ..self
        }
    }
}

fn hidden(option: ConfigOption, secrets: &Secrets) -> ConfigOption {
    let whole = names_a_secret(&option.name);
    let hide = |text: String| {
        if whole {
            return HIDDEN.to_owned();
        }
        secrets.hide(&text)
    };
    let overrides = option.overrides.into_iter().map(|layer| domain::Layer {
        raw: hide(layer.raw),
        ..layer
    });
    ConfigOption {
        value: option.value.map(hide),
        raw: option.raw.map(hide),
        running: option.running.map(hide),
        overrides: overrides.collect(),
        ..option
    }
}

fn summary(item: ConfigItemSummary, secrets: &Secrets) -> ConfigItemSummary {
    ConfigItemSummary {
        filter: item.filter.map(|text| secrets.hide(&text)),
        problem: item.problem.map(|problem| Reason {
            detail: secrets.hide(&problem.detail),
            ..problem
        }),
        ..item
    }
}

fn findings(findings: Vec<Finding>, secrets: &Secrets) -> Vec<Finding> {
    let hide = |finding: Finding| Finding {
        detail: secrets.hide(&finding.detail),
        suggestion: finding.suggestion.map(|text| secrets.hide(&text)),
        ..finding
    };
    findings.into_iter().map(hide).collect()
}

#[cfg(test)]
mod tests;
