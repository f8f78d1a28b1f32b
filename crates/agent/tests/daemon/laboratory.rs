use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use agent::{Agent, AgentConfig, JournalConfig, Timeouts};
use domain::{
    ConfigError, FindingSource, ItemName, JournalMatches, LaboratoryActs, LaboratoryReads,
    LineOutcome, RegexReport, RegexSource, RegexTest, RegexTestLimits, Sample, Samples,
    TestedLines,
};
use lab::Installation;
use tempfile::TempDir;

use crate::{
    ground::Ground,
    journal::{Journal, entry, own_user},
};

/// An agent with the stock filters, and no daemon: trying filters needs none.
pub(crate) struct Workbench {
    pub(crate) folder: TempDir,
    pub(crate) agent: Arc<Agent>,
}

impl Workbench {
    pub(crate) fn new(adapt: impl FnOnce(AgentConfig) -> AgentConfig) -> Self {
        let installation = Installation::from_env().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("etc");
        fs::create_dir_all(config.join("filter.d")).unwrap();
        for file in fs::read_dir(installation.config.join("filter.d")).unwrap() {
            let file = file.unwrap();
            if file.path().is_file() {
                fs::copy(file.path(), config.join("filter.d").join(file.file_name())).unwrap();
            }
        }
        fs::create_dir(folder.path().join("logs")).unwrap();
        let config = AgentConfig {
            socket: folder.path().join("no.sock"),
            config_dir: config,
            regex_program: installation.regex_program(folder.path()).unwrap(),
            log_folders: vec![folder.path().join("logs")],
            journal: JournalConfig {
                folder: Some(folder.path().join("journal")),
                ..JournalConfig::default()
            },
            state_dir: Some(folder.path().join("state")),
            ..AgentConfig::default()
        };
        Self {
            agent: Agent::start(adapt(config)),
            folder,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) async fn test(
        &self,
        source: RegexSource,
        lines: TestedLines,
    ) -> Result<RegexReport, ConfigError> {
        let test = RegexTest {
            source,
            lines,
            limits: RegexTestLimits::default(),
        };
        self.agent.regex_test(&test).await
    }

    /// Tries expressions on pasted lines.
    async fn tries(&self, failregex: &[&str], ignoreregex: &[&str], lines: &str) -> RegexReport {
        self.test(regexes(failregex, ignoreregex), pasted(lines))
            .await
            .unwrap()
    }
}

fn regexes(failregex: &[&str], ignoreregex: &[&str]) -> RegexSource {
    let owned = |list: &[&str]| list.iter().map(|regex| (*regex).to_owned()).collect();
    RegexSource::Regexes {
        failregex: owned(failregex),
        ignoreregex: owned(ignoreregex),
        datepattern: None,
    }
}

pub(crate) fn filter(name: &str, parameters: &[(&str, &str)]) -> RegexSource {
    RegexSource::Filter {
        name: name.parse().unwrap(),
        parameters: parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn text(name: &str, text: &str) -> RegexSource {
    RegexSource::Text {
        name: name.parse().unwrap(),
        text: text.to_owned(),
        parameters: BTreeMap::new(),
    }
}

pub(crate) fn pasted(lines: &str) -> TestedLines {
    TestedLines::Pasted {
        text: lines.to_owned(),
    }
}

const SSHD: &str = "\
# what the log says
Nov 28 18:00:01 host sshd[11]: Failed password for root from 192.0.2.7 port 22 ssh2

2026-11-28T18:00:02+00:00 host sshd[12]: Invalid user a'b\"c from 2001:db8::1 port 55
no date here
2026-11-28T18:00:03+00:00 host sshd[13]: Connection from 192.0.2.9 port 4 on 198.51.100.1 port 22
2026-11-28T18:00:04+00:00 host sshd[14]: Accepted publickey for bob from 192.0.2.9 port 4 ssh2
";

/// What is told of each line, in short.
fn outcomes(report: &RegexReport) -> Vec<(u64, LineOutcome, Option<&str>)> {
    let lines = report.lines.iter();
    lines
        .map(|line| (line.number, line.outcome, line.host.as_deref()))
        .collect()
}

#[tokio::test]
async fn test_of_a_stock_filter_tells_what_became_of_each_line() {
    let bench = Workbench::new(|config| config);
    let report = bench
        .test(filter("sshd", &[("mode", "aggressive")]), pasted(SSHD))
        .await
        .unwrap();
    assert_eq!(
        outcomes(&report),
        [
            (2, LineOutcome::Matched, Some("192.0.2.7")),
            (4, LineOutcome::Matched, Some("2001:db8::1")),
            (5, LineOutcome::Missed, None),
            (6, LineOutcome::Context, Some("192.0.2.9")),
            (7, LineOutcome::Context, Some("192.0.2.9")),
        ]
    );
    assert_eq!(
        (report.total, report.matched, report.context, report.missed),
        (5, 2, 2, 1)
    );
    assert_eq!(
        (report.without_time, report.ignored, report.refused),
        (1, 0, None)
    );
    let invalid = &report.lines[1];
    assert_eq!(
        invalid.time.unwrap().to_string(),
        "2026-11-28T18:00:02.000Z"
    );
    assert_eq!(
        invalid.fields,
        BTreeMap::from([("user".to_owned(), "a'b\"c".to_owned())])
    );
    let spans: Vec<(&str, &str, bool)> = invalid
        .spans
        .iter()
        .map(|span| {
            (
                span.name.as_str(),
                &invalid.text[span.start..span.end],
                span.exact,
            )
        })
        .collect();
    assert_eq!(
        spans,
        [
            ("time", "2026-11-28T18:00:02+00:00", true),
            ("user", "a'b\"c", true),
            ("host", "2001:db8::1", true)
        ]
    );
    let regex = &report.failregex[invalid.regex.unwrap()];
    assert!(
        regex.regex.contains("nvalid) user") && regex.matched == 1,
        "{regex:?}"
    );
    bench.agent.stop().await;
}

#[tokio::test]
async fn test_as_one_types_takes_little_longer_than_the_program_by_itself() {
    const ROUNDS: usize = 3;
    let bench = Workbench::new(|config| config);
    let program = Installation::from_env().unwrap();
    let program = program.regex_program(bench.folder.path()).unwrap();
    let lines = SSHD.repeat(4);
    let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        bench
            .test(filter("sshd", &[]), pasted(&lines))
            .await
            .unwrap();
        ours = ours.min(began.elapsed());
        let began = Instant::now();
        let run = std::process::Command::new(&program)
            .args(["/dev/null", "sshd.conf"])
            .output();
        assert!(run.unwrap().status.success());
        theirs = theirs.min(began.elapsed());
    }
    println!("20 lines with the stock filter sshd: {ours:?}; the program on no line: {theirs:?}");
    // Two of them run at once. Asked as a ratio, as a busy machine makes both slow.
    assert!(
        ours < theirs * 4 + Duration::from_millis(200),
        "{ours:?} {theirs:?}"
    );
    bench.agent.stop().await;
}

#[tokio::test]
async fn test_of_expressions_counts_each_and_tells_ignored_lines() {
    let bench = Workbench::new(|config| config);
    let report = bench
        .tries(
            &[
                "^a ;# 100% <HOST>$",
                "^ ?b <HOST> <F-USER>\\S+</F-USER>",
                "(?i)C from <HOST>",
            ],
            &["trusted$"],
            "a ;# 100% 192.0.2.1\nb 192.0.2.2 me\nb 192.0.2.2 trusted\nc from host.example\nd\n",
        )
        .await;
    assert_eq!(
        outcomes(&report),
        [
            (1, LineOutcome::Matched, Some("192.0.2.1")),
            (2, LineOutcome::Matched, Some("192.0.2.2")),
            (3, LineOutcome::Ignored, Some("192.0.2.2")),
            (4, LineOutcome::Matched, Some("host.example")),
            (5, LineOutcome::Missed, None),
        ]
    );
    let counts: Vec<u64> = report.failregex.iter().map(|count| count.matched).collect();
    assert_eq!((counts, report.ignoreregex[0].matched), (vec![1, 1, 1], 1));
    assert_eq!(report.failregex[0].regex, "^a ;# 100% <HOST>$");
    assert_eq!((report.without_time, report.refused), (5, None));
    bench.agent.stop().await;
}

#[tokio::test]
async fn test_of_unsaved_text_takes_it_in_the_place_of_the_local_file_only() {
    let bench = Workbench::new(|config| config);
    let unsaved = "[Definition]\nfailregex = ^mine <HOST>$\n            %(known/failregex)s\n";
    let lines = pasted(
        "mine 192.0.2.1\nNov 28 18:00:01 host sshd[11]: Failed password for root from 192.0.2.7 port 22 ssh2\n",
    );
    let report = bench
        .test(
            text(
                "sshd",
                "[Definition]\nprefregex =\nfailregex = ^mine <HOST>$\n",
            ),
            lines.clone(),
        )
        .await
        .unwrap();
    assert_eq!(report.matched, 1, "{report:?}");
    let report = bench
        .test(text("sshd", unsaved), lines.clone())
        .await
        .unwrap();
    assert!(
        report
            .lines
            .iter()
            .any(|line| line.host.as_deref() == Some("192.0.2.7")),
        "{report:?}"
    );
    // A filter that does not exist yet.
    let report = bench
        .test(
            text("mine", "[Definition]\nfailregex = ^mine <HOST>$\n"),
            lines,
        )
        .await
        .unwrap();
    assert_eq!((report.matched, report.failregex.len()), (1, 1));
    assert!(!bench.path("etc/filter.d/sshd.local").exists());
    assert!(!bench.path("etc/filter.d/mine.local").exists());
    bench.agent.stop().await;
}

#[tokio::test]
async fn test_of_what_fail2ban_refuses_passes_on_its_words() {
    let bench = Workbench::new(|config| config);
    for (source, says) in [
        (regexes(&["^x (<HOST>$"], &[]), "missing )"),
        (regexes(&["^no host$"], &[]), "No failure-id group"),
        (
            text("x", "[Definition]\nfailregex = a\nfailregex = b\n"),
            "already exists",
        ),
        (
            text("x", "[Definition]\nfailregex = ^%(nosuch)s <HOST>$\n"),
            "nosuch",
        ),
        (text("x", "no section\n"), "no section headers"),
        (
            text(
                "x",
                "[Definition]\nfailregex = ^<HOST>$\ndatepattern = %%Q%%(\n",
            ),
            "datepattern",
        ),
    ] {
        let report = bench.test(source, pasted("x\n")).await.unwrap();
        let refused = report.refused.unwrap_or_default();
        assert!(refused.contains(says), "{says}: {refused}");
        assert!(
            !refused.contains("bangui-test-") && !refused.contains("Traceback"),
            "{refused}"
        );
    }
    bench.agent.stop().await;
}

#[tokio::test]
async fn test_of_a_log_file_reads_its_last_lines_and_no_file_from_elsewhere() {
    let bench = Workbench::new(|config| config);
    let log = bench.path("logs/app.log");
    let mut lines = String::new();
    for n in 0..30_000 {
        let _ = writeln!(
            lines,
            "2026-11-28 18:00:00 app: bad login {n} from 192.0.2.{}",
            n % 200
        );
    }
    fs::write(&log, lines).unwrap();
    let file = |path: &Path| TestedLines::File {
        path: path.display().to_string(),
    };
    let source = || regexes(&["^ app: bad login \\d*7 from <HOST>$"], &[]);
    let test = RegexTest {
        source: source(),
        lines: file(&log),
        limits: RegexTestLimits {
            max_lines: u32::MAX,
        },
    };
    let report = bench.agent.regex_test(&test).await.unwrap();
    assert_eq!(
        (report.total, report.matched, report.without_time),
        (10_000, 1_000, 0)
    );
    assert!(
        report.lines.last().unwrap().text.contains("login 29997 "),
        "{:?}",
        report.lines.last()
    );
    println!("10,000 lines of a log: {} ms", report.milliseconds);
    fs::write(bench.path("secret"), "secret\n").unwrap();
    std::os::unix::fs::symlink(bench.path("secret"), bench.path("logs/link")).unwrap();
    for path in [
        bench.path("secret"),
        bench.path("logs/link"),
        bench.path("logs/../secret"),
        "/etc/passwd".into(),
    ] {
        // Which files jails read cannot be told without their configuration.
        let result = bench.test(source(), file(&path)).await;
        assert!(result.is_err(), "{path:?} {result:?}");
    }
    bench.agent.stop().await;
}

#[tokio::test]
async fn test_of_a_log_that_a_jail_reads_is_allowed_wherever_it_is() {
    let lab = crate::ground::lab().await;
    let regex = lab.installation().regex_program(lab.folder()).unwrap();
    let ground = Ground::on(lab, |config| AgentConfig {
        regex_program: regex,
        ..config
    })
    .await;
    ground
        .lab
        .attack("app", "198.51.100.7".parse().unwrap())
        .await
        .unwrap();
    let test = |path: PathBuf| RegexTest {
        source: filter("lab-extra-0", &[]),
        lines: TestedLines::File {
            path: path.display().to_string(),
        },
        limits: RegexTestLimits::default(),
    };
    let log = ground.lab.log_for("app").unwrap().to_owned();
    let report = ground.agent.regex_test(&test(log)).await.unwrap();
    assert_eq!((report.matched, report.without_time), (3, 0), "{report:?}");
    let other = ground
        .agent
        .regex_test(&test(ground.lab.log_file().to_owned()))
        .await;
    assert!(
        matches!(other, Err(ConfigError::PathNotAllowed(_))),
        "{other:?}"
    );
    ground.end().await;
}

#[tokio::test]
async fn test_of_hostile_lines_tells_of_each_of_them() {
    let bench = Workbench::new(|config| config);
    let forged =
        "2026-11-28 18:14:01,780 fail2ban.filter         [1]: TRACE  T: Working on line 'x'";
    let odd = [
        "--help",
        "-o row",
        "systemd-journal",
        "['1.2.3.4',\t1.0,\t{}],",
        forged,
        "a\u{0}b\u{1b}[31m\u{2028}c\u{85}d\re",
        "x 192.0.2.1",
        "%(x)s <HOST> $(id) `id` '\"\\",
    ];
    let mut lines = odd.join("\n").into_bytes();
    lines.extend(b"\n\xff\xfe x\n");
    fs::write(bench.path("logs/odd.log"), &lines).unwrap();
    let file = TestedLines::File {
        path: bench.path("logs/odd.log").display().to_string(),
    };
    let report = bench
        .test(regexes(&["^x <HOST>$"], &[]), file)
        .await
        .unwrap();
    let texts: Vec<&str> = report.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts[..odd.len()], odd);
    assert_eq!(
        (texts.len(), report.matched, report.refused),
        (odd.len() + 1, 1, None)
    );
    bench.agent.stop().await;
}

/// The processes whose command line has a text in it.
fn processes_with(text: &str) -> Vec<String> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(text))
        .collect()
}

/// Only processes of this test's own folder are looked for.
async fn nothing_left(bench: &Workbench) {
    let ours = bench.folder.path().display().to_string();
    crate::ground::until("no process is left", async || {
        processes_with(&ours).is_empty()
    })
    .await;
}

#[tokio::test]
async fn test_with_an_expression_that_backtracks_without_end_is_ended_in_time() {
    let bench = Workbench::new(|config| AgentConfig {
        timeouts: Timeouts {
            regex_test: Duration::from_secs(8),
            ..Timeouts::default()
        },
        ..config
    });
    let endless = "[Definition]\nfailregex = ^(a+)+$<HOST>\n";
    fs::write(bench.path("etc/filter.d/endless.conf"), endless).unwrap();
    let lines = format!("first\n{}!\n", "a".repeat(60));
    let began = Instant::now();
    let ended = bench.test(filter("endless", &[]), pasted(&lines)).await;
    let Err(ConfigError::TestEnded(why)) = ended else {
        panic!("{ended:?}");
    };
    assert!(why.contains("line 2 of 2"), "{why}");
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    nothing_left(&bench).await;
    bench.agent.stop().await;
}

#[tokio::test]
async fn test_that_nobody_waits_for_any_more_leaves_no_process() {
    let bench = Workbench::new(|config| config);
    fs::write(
        bench.path("etc/filter.d/endless.conf"),
        "[Definition]\nfailregex = ^(a+)+$<HOST>\n",
    )
    .unwrap();
    let lines = pasted(&format!("{}!\n", "a".repeat(60)));
    let ours = bench.folder.path().display().to_string();
    {
        let test = bench.test(filter("endless", &[]), lines);
        let started = crate::ground::until("it runs", async || !processes_with(&ours).is_empty());
        tokio::select! {
            ended = test => panic!("{ended:?}"),
            () = started => {}
        }
    }
    nothing_left(&bench).await;
    bench.agent.stop().await;
}

#[tokio::test]
async fn test_of_too_much_text_or_of_no_journal_says_what_to_do() {
    let bench = Workbench::new(|config| config);
    let huge = bench
        .test(filter("sshd", &[]), pasted(&"x\n".repeat(5 << 20)))
        .await;
    assert!(matches!(huge, Err(ConfigError::BadTest(_))), "{huge:?}");
    let matches = |texts: &[&str]| TestedLines::Journal {
        matches: JournalMatches(texts.iter().map(|text| (*text).to_owned()).collect()),
    };
    let Err(ConfigError::BadTest(why)) = bench
        .test(filter("sshd", &[]), matches(&["_COMM=sshd"]))
        .await
    else {
        panic!("there is no journal");
    };
    assert!(why.contains("no journal files"), "{why}");
    fs::create_dir_all(bench.path("journal/machine")).unwrap();
    fs::write(bench.path("journal/machine/system.journal"), "").unwrap();
    let bad = bench.test(filter("sshd", &[]), matches(&["--all"])).await;
    assert!(matches!(bad, Err(ConfigError::BadTest(_))), "{bad:?}");
    bench.agent.stop().await;
}

#[tokio::test]
async fn test_without_the_program_says_so() {
    let bench = Workbench::new(|config| AgentConfig {
        regex_program: "/nonexistent/fail2ban-regex".into(),
        ..config
    });
    let result = bench.test(filter("sshd", &[]), pasted("x\n")).await;
    assert!(
        matches!(result, Err(ConfigError::RegexProgram(_))),
        "{result:?}"
    );
    bench.agent.stop().await;
}

fn sample(line: &str, host: Option<&str>) -> Sample {
    Sample {
        line: line.to_owned(),
        host: host.map(str::to_owned),
        note: String::new(),
    }
}

const BLIND: &str = "[Definition]\nignoreregex = root\n";

/// A bench with samples of sshd that its filter passes.
async fn with_samples() -> (Workbench, ItemName) {
    let bench = Workbench::new(|config| config);
    let sshd: ItemName = "sshd".parse().unwrap();
    let at = "Nov 28 18:00:01 host sshd";
    let samples = Samples {
        items: vec![
            sample(
                &format!("{at}[11]: Failed password for root from 192.0.2.7 port 22 ssh2"),
                Some("192.0.2.7"),
            ),
            sample(
                &format!("{at}[12]: Invalid user x from 2001:DB8::1 port 55"),
                Some("2001:DB8::1"),
            ),
            sample(
                &format!("{at}[13]: Server listening on 0.0.0.0 port 22."),
                None,
            ),
        ],
    };
    assert_eq!(
        bench.agent.filter_samples(&sshd).await.unwrap(),
        Samples::default()
    );
    bench
        .agent
        .set_filter_samples(&sshd, &samples)
        .await
        .unwrap();
    assert_eq!(bench.agent.filter_samples(&sshd).await.unwrap(), samples);
    (bench, sshd)
}

#[tokio::test]
async fn samples_are_run_also_with_unsaved_text() {
    let (bench, sshd) = with_samples().await;
    let run = async |text: Option<&str>| {
        let report = bench.agent.run_filter_samples(&sshd, text).await.unwrap();
        let passed: Vec<bool> = report.results.iter().map(|result| result.passed).collect();
        (passed, report)
    };
    assert_eq!(run(None).await.0, [true, true, true]);
    let (passed, report) = run(Some(BLIND)).await;
    assert_eq!(passed, [false, true, true]);
    let found = report.results[0].found.as_ref().unwrap();
    assert_eq!((found.outcome, found.number), (LineOutcome::Ignored, 0));
    assert!(found.regex.starts_with("root"), "{found:?}");
    let (passed, report) = run(Some("[Definition]\nfailregex = (\n")).await;
    assert!(
        report.refused.is_some() && passed == [false; 3],
        "{report:?}"
    );
    bench.agent.stop().await;
}

#[tokio::test]
async fn samples_that_fail_over_a_copy_are_findings() {
    let (bench, sshd) = with_samples().await;
    let copy = bench.path("etc");
    let check = async || {
        let filters = [sshd.clone(), "dovecot".parse().unwrap()];
        bench.agent.check_samples(&copy, filters).await.unwrap()
    };
    assert_eq!(check().await, []);
    fs::write(copy.join("filter.d/sshd.local"), BLIND).unwrap();
    let findings = check().await;
    assert_eq!(
        (findings.len(), findings[0].source),
        (1, FindingSource::Samples),
        "{findings:?}"
    );
    assert!(
        findings[0]
            .detail
            .contains("should count against 192.0.2.7"),
        "{findings:?}"
    );
    fs::write(
        copy.join("filter.d/sshd.local"),
        "[Definition]\nfailregex = (\n",
    )
    .unwrap();
    assert_eq!(check().await[0].code, "filter-refused");
    bench.agent.stop().await;
}

#[tokio::test]
async fn samples_that_cannot_be_kept_leave_the_old_ones() {
    let (bench, sshd) = with_samples().await;
    let before = bench.agent.filter_samples(&sshd).await.unwrap();
    let bad = Samples {
        items: vec![sample("two\nlines", None)],
    };
    let refused = bench.agent.set_filter_samples(&sshd, &bad).await;
    assert!(
        matches!(refused, Err(ConfigError::BadTest(_))),
        "{refused:?}"
    );
    assert_eq!(bench.agent.filter_samples(&sshd).await.unwrap(), before);
    bench.agent.stop().await;
}

#[tokio::test]
async fn log_check_counts_what_a_jail_will_find() {
    let bench = Workbench::new(|config| config);
    let log = bench.path("logs/app.log");
    fs::write(&log, "2026-11-28 18:00:00 app: bad from 192.0.2.1\nother\n2026-11-28 18:00:00 app: good from 192.0.2.1\n").unwrap();
    let jail = "app".parse().unwrap();
    let stream = |log: &Path| {
        let commands = format!(
            "['add', 'app', 'polling']\n['set', 'app', 'prefregex', '^ app: <F-CONTENT>.+</F-CONTENT>$']\n\
             ['multi-set', 'app', 'addfailregex', ['^bad from <HOST>$', '^worse from <HOST>$']]\n['set', 'app', 'addlogpath', '{}', 'tail']\n['start', 'app']\n",
            log.display()
        );
        fail2ban::dump::parse_stream(&commands, &fail2ban::dump::DumpLimits::default()).unwrap()
    };
    let found = bench.agent.log_check(&jail, &stream(&log)).await.unwrap();
    assert_eq!(
        (found.found, found.lines, found.matched),
        (true, 3, 1),
        "{found:?}"
    );
    let missing = bench
        .agent
        .log_check(&jail, &stream(&bench.path("logs/nosuch.log")))
        .await
        .unwrap();
    assert_eq!((missing.found, missing.lines), (false, 0));
    assert!(missing.source.ends_with("nosuch.log"));
    bench.agent.stop().await;
}

/// Whether Python, which fail2ban runs with, can read a journal.
fn python_reads_journals() -> bool {
    let asked = std::process::Command::new("/usr/bin/python3")
        .args(["-c", "import systemd.journal"])
        .output();
    asked.is_ok_and(|asked| asked.status.success())
}

#[tokio::test]
async fn test_on_the_journal_tells_of_entries_or_what_is_missing() {
    let mut journal = Journal::new();
    let message = entry(own_user(), "login failed from 192.0.2.7");
    let mut stream = journal.writer.stdin.take().unwrap();
    stream.write_all(message.as_bytes()).unwrap();
    drop(stream);
    let own = journal.config();
    let file = journal.folder.path().join("test.journal");
    crate::ground::until("the entry is written", async || {
        let shown = std::process::Command::new("journalctl")
            .arg("--file")
            .arg(&file)
            .output()
            .unwrap();
        String::from_utf8_lossy(&shown.stdout).contains("192.0.2.7")
    })
    .await;
    let bench = Workbench::new(|config| AgentConfig {
        journal: own,
        ..config
    });
    let lines = TestedLines::Journal {
        matches: JournalMatches(vec!["_COMM=fail2ban-server".to_owned()]),
    };
    let result = bench
        .test(regexes(&["login failed from <HOST>$"], &[]), lines)
        .await;
    match result {
        Ok(report) if python_reads_journals() => {
            assert_eq!(
                outcomes(&report),
                [(1, LineOutcome::Matched, Some("192.0.2.7"))]
            );
            assert_eq!(
                (report.without_time, report.lines[0].spans.len()),
                (0, 2),
                "{report:?}"
            );
        }
        Err(ConfigError::RegexProgram(why)) if !python_reads_journals() => {
            assert!(why.contains("python3-systemd"), "{why}");
        }
        other => panic!("{other:?}"),
    }
    bench.agent.stop().await;
}
