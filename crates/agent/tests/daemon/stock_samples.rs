//! The laboratory against fail2ban's own samples: what its tests expect of its filters.
use std::{fs, net::IpAddr, path::PathBuf, process::Command};

use domain::{LineOutcome, RegexReport};
use futures_util::{StreamExt as _, stream};
use lab::Installation;

use crate::laboratory::{Workbench, filter, pasted};

/// Names a test that asks about all filters; otherwise every eighth one is asked.
const ALL_VARIABLE: &str = "BANGUI_TEST_ALL_FILTERS";

/// Lines that are tried with the same parameters.
#[derive(Default, Clone)]
struct Segment {
    parameters: Vec<Vec<(String, String)>>,
    text: String,
    expected: Vec<Expected>,
}

#[derive(Clone)]
struct Expected {
    /// From 1, in the segment's text.
    line: u64,
    matches: bool,
    host: Option<String>,
}

fn samples() -> PathBuf {
    let installation = Installation::from_env().unwrap();
    let modules = installation
        .python_path
        .unwrap_or_else(|| "/usr/lib/python3/dist-packages".into());
    modules.join("fail2ban/tests/files/logs")
}

/// Takes a file of samples apart; `None` where it needs more than its filter.
fn segments(text: &str) -> Option<Vec<Segment>> {
    if text.contains("\n# addFILE") || text.contains("fileOptions:") {
        return None;
    }
    let mut segments = vec![Segment {
        parameters: vec![Vec::new()],
        ..Segment::default()
    }];
    for line in text.lines() {
        let value = |name: &str| {
            let rest = line.strip_prefix("# ")?.strip_prefix(name)?;
            serde_json::from_str::<serde_json::Value>(rest.trim_start_matches(':').trim()).ok()
        };
        if let Some(options) = value("filterOptions") {
            segments.push(Segment {
                parameters: parameters(&options),
                ..Segment::default()
            });
            continue;
        }
        let segment = segments.last_mut()?;
        if let Some(expected) = value("failJSON") {
            // What depends on Python's or the test's own state is not asked.
            if expected.get("constraint").is_none() {
                segment.expected.push(Expected {
                    line: u64::try_from(segment.text.lines().count()).unwrap() + 1,
                    matches: expected["match"].as_bool().unwrap_or_default(),
                    host: expected["host"].as_str().map(str::to_owned),
                });
            }
        } else if !line.starts_with('#') {
            segment.text.push_str(line);
            segment.text.push('\n');
        }
    }
    Some(segments)
}

fn parameters(options: &serde_json::Value) -> Vec<Vec<(String, String)>> {
    let one = |set: &serde_json::Value| -> Vec<(String, String)> {
        let pairs = set.as_object().into_iter().flatten();
        pairs
            .filter(|(name, _)| !name.starts_with("test."))
            .map(|(name, value)| {
                (
                    name.clone(),
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned),
                )
            })
            .collect()
    };
    match options.as_array() {
        Some(sets) => sets.iter().map(one).collect(),
        None => vec![one(options)],
    }
}

/// fail2ban writes an address in its shortest form.
fn same(expected: Option<&str>, found: Option<&str>) -> bool {
    let address = |text: Option<&str>| text.and_then(|text| text.parse::<IpAddr>().ok());
    expected == found || (address(expected).is_some() && address(expected) == address(found))
}

fn disagreements(name: &str, segment: &Segment, report: &RegexReport) -> Vec<String> {
    let of = |expected: &Expected| {
        let line = report
            .lines
            .iter()
            .find(|line| line.number == expected.line)?;
        let matches = line.outcome == LineOutcome::Matched;
        let same_host = !matches
            || expected.host.is_none()
            || same(expected.host.as_deref(), line.host.as_deref());
        (matches != expected.matches || !same_host).then(|| {
            format!(
                "{name}: expected {} {:?}, found {:?} {:?}: {}",
                expected.matches, expected.host, line.outcome, line.host, line.text
            )
        })
    };
    segment.expected.iter().filter_map(of).collect()
}

/// The expressions that the program itself prints for a filter.
fn printed(bench: &Workbench, name: &str, parameters: &[(&str, &str)]) -> Vec<String> {
    let installation = Installation::from_env().unwrap();
    let program = installation.regex_program(bench.folder.path()).unwrap();
    let given: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}=\"{value}\""))
        .collect();
    let run = Command::new(program)
        .arg("-v")
        .arg("-c")
        .arg(bench.folder.path().join("etc"))
        .arg("/dev/null")
        .arg(format!("{name}.conf[{}]", given.join(",")))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    let (_, text) = text.split_once("\nFailregex:").unwrap();
    let (text, _) = text.split_once("\nDate template hits:").unwrap();
    let rows = text
        .lines()
        .filter_map(|line| line.strip_prefix('|')?.trim_start().split_once(") [0] "));
    rows.map(|(_, regex)| regex.to_owned()).collect()
}

async fn disagreeing(
    bench: &Workbench,
    name: &str,
    parameters: &[(String, String)],
    segment: &Segment,
) -> Vec<String> {
    let pairs: Vec<(&str, &str)> = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let report = bench
        .test(filter(name, &pairs), pasted(&segment.text))
        .await
        .unwrap();
    assert_eq!(report.refused, None, "{name}");
    let all = report.failregex.iter().chain(&report.ignoreregex);
    let told: Vec<&str> = all.map(|count| count.regex.as_str()).collect();
    assert_eq!(told, printed(bench, name, &pairs), "{name}");
    disagreements(name, segment, &report)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn test_of_stock_filters_agrees_with_what_fail2bans_own_samples_expect() {
    let bench = Workbench::new(|config| config);
    let step = if std::env::var_os(ALL_VARIABLE).is_some() {
        1
    } else {
        8
    };
    let mut names: Vec<String> = fs::read_dir(samples())
        .expect("the package of fail2ban has its samples")
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            bench
                .folder
                .path()
                .join(format!("etc/filter.d/{name}.conf"))
                .exists()
        })
        .collect();
    names.sort();
    let (mut filters, mut lines, mut runs) = (0, 0, Vec::new());
    for name in names.iter().step_by(step) {
        let text = fs::read(samples().join(name)).unwrap();
        let Some(segments) = segments(&String::from_utf8_lossy(&text)) else {
            continue;
        };
        filters += 1;
        for segment in segments
            .into_iter()
            .filter(|segment| !segment.expected.is_empty())
        {
            lines += segment.expected.len() * segment.parameters.len();
            let each = segment.parameters.clone();
            runs.extend(
                each.into_iter()
                    .map(|parameters| (name, parameters, segment.clone())),
            );
        }
    }
    let count = runs.len();
    let bench = &bench;
    let wrong: Vec<String> = stream::iter(runs)
        .map(|(name, parameters, segment)| async move {
            disagreeing(bench, name, &parameters, &segment).await
        })
        .buffer_unordered(2)
        .collect::<Vec<_>>()
        .await
        .concat();
    println!(
        "{filters} filters, {count} runs, {lines} lines expected, {} disagree",
        wrong.len()
    );
    assert!(filters >= 8 && lines >= 30);
    assert!(wrong.is_empty(), "{wrong:#?}");
    bench.agent.stop().await;
}
