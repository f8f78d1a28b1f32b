//! Lines that are kept with a filter, and what is expected of them.
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write as _},
    net::IpAddr,
    path::{Path, PathBuf},
};

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
use crate::{
    AgentConfig,
    configuration::{self, disk_failed},
    core::Core,
    finding::Code,
    mirror::on_disk,
};

/// The longest file of samples: all of the longest, and some room for what surrounds them.
const MAX_FILE_BYTES: u64 = 8 << 20;

/// Where they are kept, a file for each filter.
const FOLDER: &str = "samples";
const ENDING: &str = ".json";

/// The most characters of an expected host.
const MAX_HOST_CHARS: usize = 255;

/// Where the samples of a filter are; `None` where nothing is kept.
fn path(config: &AgentConfig, filter: &ItemName) -> Option<PathBuf> {
    let kept = config.state_dir.as_ref()?;
    Some(kept.join(FOLDER).join(format!("{filter}{ENDING}")))
}

/// The filters that samples are kept with.
pub(super) async fn sampled(core: &Core) -> Result<BTreeSet<ItemName>, ConfigError> {
    let Some(folder) = core.config.state_dir.as_ref().map(|kept| kept.join(FOLDER)) else {
        return Ok(BTreeSet::new());
    };
    on_disk(move || names(&folder).map_err(|error| disk_failed(&folder, &error))).await
}

fn names(folder: &Path) -> io::Result<BTreeSet<ItemName>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        entries => entries?,
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        let name = entry?.file_name();
        let name = name.to_str().and_then(|name| name.strip_suffix(ENDING));
        names.extend(name.and_then(|name| name.parse::<ItemName>().ok()));
    }
    Ok(names)
}

/// The samples of a filter; none where none were kept.
pub(super) async fn read(core: &Core, filter: &ItemName) -> Result<Samples, ConfigError> {
    match path(&core.config, filter) {
        Some(path) => on_disk(move || read_file(&path)).await,
        None => Ok(Samples::default()),
    }
}

fn read_file(path: &Path) -> Result<Samples, ConfigError> {
    let read = || {
        let file = fs::File::open(path)?;
        let mut text = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(file, MAX_FILE_BYTES), &mut text)?;
        serde_json::from_slice(&text).map_err(io::Error::other)
    };
    match read() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Samples::default()),
        read => read.map_err(|error| disk_failed(path, &error)),
    }
}

/// Replaces the samples of a filter; the file has the old ones or the new ones, whatever happens.
pub(super) async fn set(
    core: &Core,
    filter: &ItemName,
    samples: &Samples,
) -> Result<(), ConfigError> {
    check_samples(samples)?;
    let _one_at_a_time = core.laboratory.writing.lock().await;
    let path = path(&core.config, filter).ok_or_else(|| {
        ConfigError::BadTest(
            "samples cannot be kept: the agent has no folder for what is its own".to_owned(),
        )
    })?;
    let samples = samples.clone();
    on_disk(move || write_file(&path, &samples).map_err(|error| disk_failed(&path, &error))).await
}

fn write_file(path: &Path, samples: &Samples) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    // Made with rights for this user alone.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec_pretty(samples)?)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    fs::File::open(folder)?.sync_all()
}

fn check_samples(samples: &Samples) -> Result<(), ConfigError> {
    if samples.items.len() > Samples::MAX {
        return Err(ConfigError::BadTest(format!(
            "a filter can have {} samples; take some away",
            Samples::MAX
        )));
    }
    for (number, sample) in (1..).zip(&samples.items) {
        if let Some(wrong) = wrong(sample) {
            return Err(ConfigError::BadTest(format!("sample {number}: {wrong}")));
        }
    }
    Ok(())
}

fn wrong(sample: &Sample) -> Option<&'static str> {
    let line = &sample.line;
    let host = sample.host.as_deref().unwrap_or("-");
    if line.len() > Samples::MAX_LINE_BYTES {
        Some("a line has at most 4096 bytes")
    } else if line.contains(['\n', '\r']) {
        Some("a sample is one line; a session of several lines is several samples, in their order")
    } else if line.trim().is_empty() || line.starts_with('#') {
        Some("fail2ban passes over empty lines and lines that begin with #")
    } else if host.is_empty()
        || host.chars().count() > MAX_HOST_CHARS
        || host.chars().any(char::is_control)
    {
        Some(
            "the host is an address, a network, a name or another identity of at most 255 characters; leave it out where the line must not match",
        )
    } else if sample.note.chars().count() > Samples::MAX_NOTE_CHARS {
        Some("a note has at most 200 characters")
    } else {
        None
    }
}

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

    fn sample(line: &str, host: Option<&str>) -> Sample {
        Sample {
            line: line.to_owned(),
            host: host.map(str::to_owned),
            note: String::new(),
        }
    }

    #[test]
    fn samples_that_cannot_be_run_as_lines_are_refused_with_their_number() {
        let refused = |sample: Sample| {
            let samples = Samples {
                items: vec![self::sample("good", None), sample],
            };
            match check_samples(&samples) {
                Err(ConfigError::BadTest(why)) => why.starts_with("sample 2: "),
                _ => false,
            }
        };
        assert!(!refused(sample("a line", Some("192.0.2.1"))));
        assert!(refused(sample("two\nlines", None)));
        assert!(refused(sample("# comment", None)));
        assert!(refused(sample(" ", None)));
        assert!(refused(sample(&"x".repeat(5_000), None)));
        assert!(refused(sample("x", Some(""))));
        assert!(refused(sample("x", Some("a\0"))));
        let many = Samples {
            items: vec![sample("x", None); Samples::MAX + 1],
        };
        assert!(check_samples(&many).is_err());
    }

    #[test]
    fn samples_are_kept_whole_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/samples/x.json");
        assert_eq!(read_file(&path).unwrap(), Samples::default());
        let samples = Samples {
            items: vec![sample("a \u{fffd} \"line\"", Some("::1"))],
        };
        write_file(&path, &samples).unwrap();
        write_file(&path, &samples).unwrap();
        assert_eq!(read_file(&path).unwrap(), samples);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        fs::write(&path, "{").unwrap();
        assert!(matches!(read_file(&path), Err(ConfigError::Files { .. })));
    }

    #[test]
    fn host_is_compared_as_an_address() {
        assert!(same_host("2001:DB8:0::1", "2001:db8::1"));
        assert!(same_host("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(same_host("host.example", "host.example"));
        assert!(!same_host("192.0.2.1", "192.0.2.2"));
    }
}
