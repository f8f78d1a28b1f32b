//! What is said about the expressions of the stock filters.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use fail2ban::Value;
use fail2ban::Version;
use fail2ban::config::regex::{Expressions, RegexFault, Which, check};
use fail2ban::config::{Effective, FilterConfig};
use serde_json::json;

use super::oracle::{packages, read, root};

/// Prints whom fail2ban's own class finds in each line; `slow` where it takes more than a second.
const SCRIPT: &str = r"
import json, signal, sys
from fail2ban.server.failregex import FailRegex
class Slow(Exception): pass
def end(*_): raise Slow()
signal.signal(signal.SIGALRM, end)
for line in sys.stdin:
    regex, text = json.loads(line)
    compiled = FailRegex(regex)
    signal.alarm(1)
    try:
        compiled.search([(text, '', '')])
        print(compiled.getFailID() if compiled.hasMatched() else '-', flush=True)
    except Slow:
        print('slow', flush=True)
    signal.alarm(0)
";

struct Said {
    jail: String,
    expression: String,
    fault: RegexFault,
}

fn said(jail: &str, filter: &FilterConfig) -> Vec<Said> {
    let text = |name| filter.option(name).and_then(Effective::text);
    let lines = filter.option("maxlines").map(|option| &option.value);
    let prefix = text("prefregex").filter(|text| !text.is_empty());
    let failures = filter.failregex();
    let ignored = filter.ignoreregex();
    let expressions = Expressions {
        prefix,
        failures: &failures,
        ignored: &ignored,
        several_lines: matches!(lines, Some(Value::Int(lines)) if *lines > 1),
        host_names: true,
    };
    let faults = check(&expressions).into_iter();
    let said = faults.map(|(which, fault)| Said {
        jail: jail.to_owned(),
        expression: match which {
            Which::Prefix => prefix.unwrap(),
            Which::Failure(number) => failures.get(number).copied().unwrap(),
            Which::Ignored(number) => ignored.get(number).copied().unwrap(),
        }
        .to_owned(),
        fault,
    });
    said.collect()
}

/// A line that shows what is said, and what fail2ban must make of it.
fn proof(fault: &RegexFault) -> (String, &str) {
    match fault {
        RegexFault::Unanchored(forgery) | RegexFault::Forgeable(forgery) => {
            (forgery.line.clone(), forgery.bystander)
        }
        RegexFault::Slow(endless) => (endless.line(60), "slow"),
        RegexFault::Syntax(_) | RegexFault::NoHost => panic!("{fault}"),
    }
}

fn by_fail2ban(said: &[Said]) -> Vec<String> {
    let mut python = Command::new("/usr/bin/python3")
        .args(["-c", SCRIPT])
        .env("PYTHONPATH", packages())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    for said in said {
        let question = json!([said.expression, proof(&said.fault).0]);
        writeln!(stdin, "{question}").unwrap();
    }
    drop(stdin);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn what_is_said_of_stock_expressions_is_no_refusal_and_true() {
    let config = read(&root().join("etc/fail2ban"), &Version::parse("1.0.2"));
    let (mut jails, mut expressions) = (0, 0);
    let mut all = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in config.jails() {
        let jail = config.jail(&entry.name).unwrap();
        let filter = jail.filter.as_ref().unwrap();
        jails += 1;
        expressions += filter.failregex().len() + filter.ignoreregex().len();
        all.extend(said(&entry.name, filter));
    }
    for said in &all {
        assert!(!said.fault.is_error(), "{}: {}", said.jail, said.fault);
        *counts.entry(said.fault.code().word()).or_default() += 1;
    }
    println!("{expressions} expressions of {jails} stock jails: {counts:?}");
    assert!(expressions > 150 && jails > 90, "{expressions} of {jails}");
    let answers = by_fail2ban(&all);
    assert_eq!(answers.len(), all.len());
    for (said, answer) in all.iter().zip(answers) {
        let (line, wanted) = proof(&said.fault);
        assert_eq!(
            answer, wanted,
            "{}: {}\n{line:?}",
            said.jail, said.expression
        );
    }
}
