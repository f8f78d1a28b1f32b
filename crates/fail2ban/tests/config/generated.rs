//! Generated configurations that use all that fail2ban's files can say, and some that they cannot.
#![expect(
    clippy::indexing_slicing,
    reason = "helpers of tests fail their test by panicking"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use fastrand::Rng;

use super::oracle::compare;

const TREES: u64 = 300;

/// Variables of every file; each `DEFAULT` has all of them.
const VARIABLES: [&str; 3] = ["va", "vb", "vc"];
const JAILS: [&str; 6] = ["j1", "j2", "j3", "j-4", "Jail5", "j 6"];
const FILTERS: [&str; 4] = ["f1", "f2", "f-3", "missing"];
const ACTIONS: [&str; 5] = ["a1", "a2", "a-3", "py.py", "missing"];

const OF_FILTERS: [&str; 10] = [
    "usedns",
    "prefregex",
    "ignoreregex",
    "failregex",
    "maxlines",
    "datepattern",
    "journalmatch",
    "re-m1",
    "logtype",
    "va",
];
const OF_ACTIONS: [&str; 9] = [
    "actionstart",
    "actionstop",
    "actionban",
    "actionunban",
    "actioncheck",
    "norestored",
    "actionstart_on_demand",
    "vb",
    "host",
];

/// Writes one configuration.
struct Maker {
    rng: Rng,
    folder: PathBuf,
    /// Whether values may be of a kind that makes fail2ban refuse everything.
    may_break: bool,
}

impl Maker {
    fn new(seed: u64, folder: PathBuf) -> Self {
        let mut rng = Rng::with_seed(seed);
        let may_break = rng.u8(..4) == 0;
        Self {
            rng,
            folder,
            may_break,
        }
    }

    fn chance(&mut self, percent: u8) -> bool {
        self.rng.u8(..100) < percent
    }

    fn breaks(&mut self, percent: u8) -> bool {
        self.may_break && self.chance(percent)
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.rng.usize(..of.len())]
    }

    fn word(&mut self) -> String {
        let word = [
            "x", "Ab", "7", "ä", "-", "a.b", "\"q\"", "p;q", "e=f", "c:d", "'",
        ];
        self.one_of(&word).to_owned()
    }

    fn variable(&mut self) -> &'static str {
        self.one_of(&VARIABLES)
    }

    /// A reference by percent sign.
    fn reference(&mut self, jails: bool) -> String {
        if self.breaks(6) {
            let broken = [
                "%x",
                "%(nosuch)s",
                "%(va",
                "%(nosuch/va)s",
                "%()s",
                "%(known/nosuch)s",
                "%(KNOWN/va)s",
            ];
            return self.one_of(&broken).to_owned();
        }
        let name = self.variable();
        let other = if jails {
            self.one_of(&JAILS[..3])
        } else {
            "Init"
        };
        match self.rng.u8(..9) {
            0 => format!("%(known/{name})s"),
            1 => format!("%(default/{name})s"),
            2 if jails || self.breaks(3) => format!("%({other}/{name})s"),
            3 => "%(__name__)s".to_owned(),
            4 => "%%".to_owned(),
            5 if jails => "%(fail2ban_version)s".to_owned(),
            6 => format!("%({})s", name.to_uppercase()),
            _ => format!("%({name})s"),
        }
    }

    /// A tag, known or not.
    fn tag(&mut self) -> String {
        if !self.may_break && self.chance(92) {
            return self
                .one_of(&["<HOST>", "<ip>", "<mode>", "<matches>", "<br>", "<cond>"])
                .to_owned();
        }
        let tags = [
            "<HOST>",
            "<ip>",
            "<va>",
            "<vb>",
            "<mode>",
            "<re-<mode>>",
            "<known/failregex>",
            "<Init/mode>",
            "<default/va>",
            "<known/mode>",
            "<name>",
            "<Definition/vb>",
            "<not a tag>",
            "<>",
            "<F-USER>x</F-USER>",
            "<bantime>",
            "<matches>",
            "<VA>",
            "<nosuch/va>",
            "<pa>",
            "<br>",
            "<cond>",
        ];
        self.one_of(&tags).to_owned()
    }

    fn text(&mut self, jails: bool, tags: bool) -> String {
        let mut text = String::new();
        for _ in 0..self.rng.u8(1..5) {
            let piece = match self.rng.u8(..10) {
                0..=3 => self.word(),
                4..=6 => self.reference(jails),
                7 => " ".to_owned(),
                _ if tags => self.tag(),
                _ => self.word(),
            };
            text += &piece;
        }
        text
    }

    /// Lines, sometimes with comments and blank lines between them.
    fn lines(&mut self, jails: bool, tags: bool) -> String {
        let mut lines = self.text(jails, tags);
        while self.chance(40) {
            let between =
                self.one_of(&["\n    ", "\n\n    ", "\n  # comment\n    ", "\n    ; x\n  "]);
            lines += between;
            lines += &self.text(jails, tags);
        }
        lines
    }

    /// The variables: literals, or made of those before.
    fn variables(&mut self, jails: bool) -> String {
        let mut text = String::new();
        for (at, name) in VARIABLES.iter().enumerate() {
            let mut value = self.word();
            if at > 0 && self.chance(50) {
                let _ = write!(value, "%({})s", VARIABLES[at - 1]);
            }
            if jails && self.breaks(2) {
                value += "%(vc)s";
            }
            let _ = writeln!(text, "{name} = {value}");
        }
        text
    }

    fn parameters(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.rng.u8(..3) {
            let mut group = Vec::new();
            for _ in 0..self.rng.u8(1..4) {
                let name = self.one_of(&[
                    "mode",
                    "pa",
                    "va",
                    "name",
                    "actname",
                    "maxlines",
                    "Mode",
                    "failregex",
                    "actionban",
                    "norestored",
                    "logtype",
                    "pa?family=inet6",
                ]);
                let value = match self.rng.u8(..6) {
                    0 => "\"x, y]\"".to_owned(),
                    1 => "'a b\"'".to_owned(),
                    2 => format!("<{}>", self.variable()),
                    3 => format!("%({})s", self.variable()),
                    4 => "\"p\n    q\"".to_owned(),
                    _ => self.word().replace(['"', '\'', ';'], ""),
                };
                group.push(format!("{name}={value}"));
            }
            let comma = self.one_of(&[", ", ",", ",\n  "]);
            let _ = write!(text, "[{}]", group.join(comma));
        }
        if self.chance(1) {
            text += self.one_of(&["[", "[a", "[a=\"b\" c]", "[=]", "] ", "[a=1]]"]);
        }
        text
    }

    fn filter_name(&mut self) -> String {
        let name = if self.chance(1) {
            "missing"
        } else {
            self.one_of(&FILTERS[..3])
        };
        if self.chance(1) {
            return format!("%(va)s{name}");
        }
        name.to_owned() + &self.parameters()
    }

    fn actions(&mut self) -> String {
        let mut items = Vec::new();
        for _ in 0..self.rng.u8(..4) {
            let name = if self.chance(3) {
                "missing"
            } else {
                self.one_of(&ACTIONS[..4])
            };
            items.push(name.to_owned() + &self.parameters());
        }
        let between = self.one_of(&["\n    ", " ", "\n\n   "]);
        items.join(between)
    }

    /// An option of a jail with a value that fits, or does not.
    fn jail_option(&mut self, name: &str) -> String {
        match name {
            "enabled" => self
                .one_of(&["true", "false", "yes", "1", "on", "TRUE", "truee"])
                .to_owned(),
            "filter" => self.filter_name(),
            "action" => self.actions(),
            "backend" => self
                .one_of(&["auto", "systemd", "polling", "systemd[x=y]"])
                .to_owned(),
            "maxretry" | "maxmatches" | "maxlines" => self
                .one_of(&[
                    "5",
                    " 07",
                    "1_0",
                    "five",
                    "-1",
                    "99999999999999999999",
                    "%(va)s",
                ])
                .to_owned(),
            "ignoreip" => self
                .one_of(&["127.0.0.1/8 ::1", "a,b\tc", "", "a\n   b , c", "%(vb)s d"])
                .to_owned(),
            "logpath" => format!(
                "{}/{}",
                self.folder.join("logs").display(),
                self.one_of(&[
                    "*.log",
                    "a.log tail",
                    "[ab].log",
                    "none",
                    "?.log head\n   /nosuch/%(va)s",
                    ".*"
                ])
            ),
            "failregex" => self
                .one_of(&[
                    "%(known/failregex)s\n    more <HOST>",
                    "only <HOST> %(va)s",
                    "%(known/ignoreregex)s",
                    "",
                ])
                .to_owned(),
            "journalmatch" => self
                .one_of(
                    &[
                        "_A=b + _C=\"d e\"",
                        "A=1\n   B='2 3'",
                        "%(known/va)s",
                        "a\\ b",
                    ][..2 + 2 * usize::from(self.may_break)],
                )
                .to_owned(),
            "skip_if_nologs" | "systemd_if_nologs" => self.one_of(&["true", "false"]).to_owned(),
            "va" | "vb" => self.variable_of_section(name),
            _ => self.lines(true, false),
        }
    }

    /// A variable that leads to itself only in trees that may break.
    fn variable_of_section(&mut self, name: &str) -> String {
        let word = self.word();
        match self.rng.u8(..4) {
            0 if self.may_break => format!("{word} %(known/{name})s"),
            1 if name == "vb" => format!("%(va)s{word}"),
            2 => format!("%(default/va)s{word}"),
            _ => word,
        }
    }

    fn jail_section(&mut self, text: &mut String) {
        let options = [
            "enabled",
            "filter",
            "action",
            "backend",
            "maxretry",
            "maxmatches",
            "findtime",
            "bantime",
            "bantime.increment",
            "bantime.factor",
            "ignoreip",
            "logpath",
            "failregex",
            "ignoreregex",
            "journalmatch",
            "maxlines",
            "usedns",
            "datepattern",
            "prefregex",
            "va",
            "vb",
            "ignoreself",
            "skip_if_nologs",
            "systemd_if_nologs",
            "port",
            "LogEncoding",
            "x?family=inet6",
        ];
        for name in options {
            let often = if matches!(name, "enabled" | "filter" | "action") {
                60
            } else {
                15
            };
            if self.chance(often) {
                let value = self.jail_option(&name.to_lowercase());
                let with_line = name != "filter" || self.chance(5);
                let equals =
                    self.one_of(&[" = ", "=", ": ", " =\n    "][..3 + usize::from(with_line)]);
                let _ = writeln!(text, "{name}{equals}{value}");
            }
            if self.may_break && self.rng.u16(..1500) == 0 {
                let _ = writeln!(text, "{name} = twice\n{name} = twice");
            }
        }
    }

    fn jails(&mut self, is_first: bool) -> String {
        let mut text = String::new();
        if is_first || self.chance(30) {
            text += "[DEFAULT]\n";
            text += &self.variables(true);
            if is_first {
                text += "enabled = true\nfilter = f1\naction = a1[x=%(vb)s]\n";
            }
            if self.chance(50) {
                text += "bantime = 10m %(va)s\nmaxretry = 3\n";
            }
        }
        for jail in JAILS {
            if (is_first && JAILS[..3].contains(&jail)) || self.chance(50) {
                let condition = if !is_first && self.chance(4) {
                    "?cond=1"
                } else {
                    ""
                };
                let _ = writeln!(text, "[{jail}{condition}]");
                self.jail_section(&mut text);
            }
        }
        text
    }

    /// A file of a filter or an action.
    fn definition(&mut self, is_first: bool, names: &[&str]) -> String {
        let mut text = String::new();
        if !names.is_empty() && self.chance(40) {
            let before = self.one_of(&[
                "common.conf",
                "common.conf\n   nosuch.conf",
                "loop.conf",
                "sub/deep.conf",
            ]);
            let after = self.one_of(&[
                "",
                "after = late.conf\n",
                "after = late.conf\n\n   common.conf\n",
            ]);
            let _ = writeln!(text, "[INCLUDES]\nbefore = {before}\n{after}");
        }
        if is_first || self.chance(20) {
            text += "[DEFAULT]\n";
            text += &self.variables(false);
        }
        if self.chance(90) {
            text += "[Definition]\n";
            for name in names {
                let is_needed = is_first && name.ends_with("regex");
                if is_needed || self.chance(45) {
                    let value = self.definition_value(name);
                    let _ = writeln!(text, "{name} = {value}");
                }
            }
        }
        if self.chance(60) {
            text += "[Init]\nmode = m1\npa = <va>\n";
            if self.chance(30) {
                text += "maxlines = 4\njournalmatch = A=\"b c\"\n";
            }
            if self.chance(20) {
                text += "cond = %(va)s\nknown/mode = odd\ndate = d\n";
            }
        }
        if self.chance(20) {
            text += "[Init?family=inet6]\ncond = six\npa = <vb>6\n";
        }
        text
    }

    fn definition_value(&mut self, name: &str) -> String {
        match name {
            "maxlines" => self.one_of(&["1", "x", "%(va)s"]).to_owned(),
            "norestored" | "actionstart_on_demand" => {
                self.one_of(&["true", "0", "<pa>"]).to_owned()
            }
            "failregex" if self.chance(20) => "%(known/vb)s <re-<mode>>\n   ^<HOST>$".to_owned(),
            "journalmatch" => self
                .one_of(&["_S=a + _B=\"c d\"", "<va>=1\n  x='y'", ""])
                .to_owned(),
            "va" | "vb" => self.variable_of_section(name),
            _ if self.breaks(2) => format!("<{name}>"),
            _ => self.lines(false, true),
        }
    }

    fn put(&mut self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut bytes = text.as_bytes().to_vec();
        if self.breaks(1) {
            bytes.splice(..0, *b"stray\n");
        }
        if self.chance(1) {
            bytes.push(0xff);
        }
        fs::write(path, bytes).unwrap();
    }

    fn make(&mut self) {
        self.put_server();
        let text = self.jails(true);
        self.put("jail.conf", &text);
        let further = [
            "jail.d/a.conf",
            "jail.d/b.conf",
            "jail.local",
            "jail.d/a.local",
            "jail.d/.hidden.conf",
            "jail.d/no.txt",
        ];
        for name in further {
            if self.chance(40) {
                let text = self.jails(false);
                self.put(name, &text);
            }
        }
        self.put_definitions("filter.d", &OF_FILTERS, &FILTERS[..3]);
        self.put_definitions("action.d", &OF_ACTIONS, &ACTIONS[..3]);
        fs::create_dir_all(self.folder.join("logs")).unwrap();
        for name in ["a.log", "b.log", ".hidden"] {
            fs::write(self.folder.join("logs").join(name), "").unwrap();
        }
    }

    fn put_definitions(&mut self, folder: &str, known: &[&str], files: &[&str]) {
        for file in files.iter().chain(&["common", "late", "loop", "sub/deep"]) {
            // Only trees that may break have files that include each other without end.
            let known = if *file == "late" && !self.may_break {
                &[]
            } else {
                known
            };
            let text = self.definition(true, known);
            self.put(&format!("{folder}/{file}.conf"), &text);
            for more in ["local", "d/x.conf"] {
                if self.chance(25) {
                    let text = self.definition(false, known);
                    self.put(&format!("{folder}/{file}.{more}"), &text);
                }
            }
        }
    }

    fn put_server(&mut self) {
        let mut text = "[DEFAULT]\nva = x\n[Definition]\n".to_owned();
        for (name, values) in [
            ("loglevel", &["INFO", "debug", "10"][..]),
            ("logtarget", &["/dev/null", "%(va)s%%"][..]),
            ("dbmaxmatches", &["5", "none"][..]),
            ("dbpurgeage", &["1d", "3d"][..]),
            ("socket", &["%(__name__)s"][..]),
        ] {
            if self.chance(50) {
                let value = self.one_of(values);
                let _ = writeln!(text, "{name} = {value}");
            }
        }
        if self.breaks(5) {
            text += "syslogsocket = x\nloglevel = FOO\n";
        }
        if self.chance(30) {
            text += "[Thread]\nstacksize = 32\n";
        }
        if self.chance(90) {
            self.put("fail2ban.conf", &text);
        }
        if self.chance(30) {
            self.put(
                "fail2ban.local",
                "[Definition]\ndbpurgeage = %(known/va)s2d\n[Thread]\nstacksize=x\n",
            );
        }
    }
}

fn make(seed: u64, folder: &Path) -> PathBuf {
    let own = folder.join(seed.to_string());
    fs::create_dir(&own).unwrap();
    Maker::new(seed, own.clone()).make();
    own
}

#[test]
fn generated_configurations_mean_what_fail2ban_says() {
    let folder = tempfile::tempdir().unwrap();
    let folders: Vec<PathBuf> = (0..TREES).map(|seed| make(seed, folder.path())).collect();
    let compared = compare(&folders);
    println!("{TREES} generated configurations: {compared:?}");
    assert!(
        compared.streams > folders.len() / 4 && compared.refused > folders.len() / 20,
        "{compared:?}"
    );
    assert!(
        compared.skipped_jails > 30 && compared.commands > 5_000,
        "{compared:?}"
    );
}
