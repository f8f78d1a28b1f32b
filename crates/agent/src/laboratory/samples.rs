//! Lines that are kept with a filter, and what is expected of them.
mod kept;

use std::{collections::BTreeMap, net::IpAddr, path::Path};

use domain::{
    ConfigError, ConfigItemId, ConfigItemKind, Finding, FindingSource, ItemName, LineOutcome,
    RegexReport, RegexSource, Sample, SampleMatch, SampleResult, Samples, SamplesReport, Severity,
    TestedLine,
};

use super::{
    folder::TestFolder,
    lines::Lines,
    run::{Input, Test},
    slot, source,
};
use crate::{configuration, core::Core, finding::Code, mirror::on_disk};

pub(super) use kept::{read, sampled, set};

/// Runs the samples of a filter; `text` is unsaved text of its `.local`.
pub(super) async fn run(
    core: &Core,
    filter: &ItemName,
    text: Option<&str>,
) -> Result<SamplesReport, ConfigError> {
    let samples = read(core, filter).await?;
    let source = match text {
        None => RegexSource::Filter {
            name: filter.clone(),
            parameters: BTreeMap::new(),
        },
        Some(text) => RegexSource::Text {
            name: filter.clone(),
            text: text.to_owned(),
            parameters: BTreeMap::new(),
        },
    };
    run_on(core, &core.config.config_dir, source, samples).await
}

/// Runs all samples as lines of one log.
async fn run_on(
    core: &Core,
    config_dir: &Path,
    source: RegexSource,
    samples: Samples,
) -> Result<SamplesReport, ConfigError> {
    let _slot = slot(core).await?;
    let lines: Vec<&str> = samples
        .items
        .iter()
        .map(|sample| sample.line.as_str())
        .collect();
    let text = lines.join("\n");
    let config_dir = config_dir.to_owned();
    let version = configuration::version(core);
    let prepared = on_disk(move || {
        let folder = TestFolder::new()?;
        let filter = source::prepare(&source, &config_dir, &version, &folder)?;
        let input = Input::Lines(Lines::of(text.as_bytes(), Samples::MAX));
        Ok::<_, ConfigError>(Test {
            folder,
            filter,
            input,
        })
    });
    let report = prepared.await?.run(&core.config).await?;
    Ok(results(samples, &report))
}

fn results(samples: Samples, report: &RegexReport) -> SamplesReport {
    let by_number: BTreeMap<u64, &TestedLine> = report
        .lines
        .iter()
        .map(|line| (line.number, line))
        .collect();
    let results = (1..).zip(samples.items).map(|(number, sample)| {
        let line = by_number.get(&number).copied();
        result(sample, line, report)
    });
    SamplesReport {
        results: results.collect(),
        refused: report.refused.clone(),
    }
}

fn result(sample: Sample, line: Option<&TestedLine>, report: &RegexReport) -> SampleResult {
    let host = line
        .filter(|line| line.outcome == LineOutcome::Matched)
        .and_then(|line| line.host.as_deref());
    let passed = match (sample.host.as_deref(), host) {
        _ if report.refused.is_some() => false,
        (None, None) => line.is_some(),
        (Some(wanted), Some(found)) => same_host(wanted, found),
        (Some(_), None) | (None, Some(_)) => false,
    };
    SampleResult {
        found: line.and_then(|line| matched(line, report)),
        sample,
        passed,
    }
}

/// fail2ban writes an address in its shortest form.
fn same_host(wanted: &str, found: &str) -> bool {
    let address = |text: &str| text.parse::<IpAddr>().map(|address| address.to_canonical());
    wanted == found || matches!((address(wanted), address(found)), (Ok(a), Ok(b)) if a == b)
}

/// What matched.
fn matched(line: &TestedLine, report: &RegexReport) -> Option<SampleMatch> {
    let regexes = match line.outcome {
        LineOutcome::Missed => return None,
        LineOutcome::Ignored => &report.ignoreregex,
        LineOutcome::Matched | LineOutcome::Context => &report.failregex,
    };
    let number = line.regex?;
    Some(SampleMatch {
        outcome: line.outcome,
        host: line.host.clone(),
        number,
        regex: regexes.get(number)?.regex.clone(),
    })
}

/// What matched, in words.
fn told(found: &SampleMatch) -> String {
    let (number, regex) = (found.number + 1, &found.regex);
    match found.outcome {
        LineOutcome::Matched => {
            let host = found.host.as_deref().unwrap_or("no host");
            format!("{host} by failregex {number}: {regex}")
        }
        LineOutcome::Ignored => format!("ignored by ignoreregex {number}: {regex}"),
        LineOutcome::Context | LineOutcome::Missed => {
            format!("no failure by itself, by failregex {number}: {regex}")
        }
    }
}

/// Runs the samples of filters over a configuration, such as a copy with changes in it. A sample that does not do as expected is an error.
///
/// # Errors
/// Where a filter cannot be run at all; one that fail2ban does not take, or whose test had to be ended, is a finding.
pub(crate) async fn check(
    core: &Core,
    config_dir: &Path,
    filters: impl IntoIterator<Item = ItemName>,
) -> Result<Vec<Finding>, ConfigError> {
    let mut findings = Vec::new();
    for filter in filters {
        let samples = read(core, &filter).await?;
        if samples.items.is_empty() {
            continue;
        }
        let source = RegexSource::Filter {
            name: filter.clone(),
            parameters: BTreeMap::new(),
        };
        match run_on(core, config_dir, source, samples).await {
            Ok(report) => findings.extend(failures(&filter, &report)),
            Err(ConfigError::TestEnded(why)) => {
                findings.push(finding(
                    &filter,
                    Code::SamplesEnded,
                    format!("the samples of {filter} could not be run to the end: {why}"),
                ));
            }
            // It is deleted by the change, and nothing can be expected of it.
            Err(ConfigError::ItemNotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(findings)
}

fn failures(filter: &ItemName, report: &SamplesReport) -> Vec<Finding> {
    if let Some(refused) = &report.refused {
        let detail = format!("fail2ban does not take the filter {filter}: {refused}");
        return vec![finding(filter, Code::FilterRefused, detail)];
    }
    let failed = report.results.iter().filter(|result| !result.passed);
    let described = failed.map(|result| {
        let wanted = match &result.sample.host {
            Some(host) => format!("should count against {host}"),
            None => "should not match".to_owned(),
        };
        let found = result.found.as_ref();
        let found = found.map_or_else(|| "nothing matched".to_owned(), told);
        let detail = format!(
            "a sample of {filter} {wanted}; found: {found}. The line: {}",
            result.sample.line
        );
        finding(filter, Code::SampleFailed, detail)
    });
    described.collect()
}

fn finding(filter: &ItemName, code: Code, detail: String) -> Finding {
    Finding {
        severity: Severity::Error,
        source: FindingSource::Samples,
        code: code.into(),
        detail,
        item: Some(ConfigItemId {
            kind: ConfigItemKind::Filter,
            name: filter.clone(),
        }),
        option: None,
        file: None,
        line: None,
        suggestion: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_is_compared_as_an_address() {
        assert!(same_host("2001:DB8:0::1", "2001:db8::1"));
        assert!(same_host("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(same_host("host.example", "host.example"));
        assert!(!same_host("192.0.2.1", "192.0.2.2"));
    }
}
