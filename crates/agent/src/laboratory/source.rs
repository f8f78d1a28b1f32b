//! What is tried, as `fail2ban-regex` is told it.
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use domain::{ConfigError, ConfigItemId, ConfigItemKind, ItemName, RegexSource};
use fail2ban::{
    Version,
    config::{Config, Tree, files::Disk},
};

use super::folder::TestFolder;

/// The longest text of a filter.
const MAX_TEXT_BYTES: usize = 256 << 10;

/// The most expressions of a test, and the longest one.
const MAX_REGEXES: usize = 200;
const MAX_REGEX_BYTES: usize = 16 << 10;

/// The most parameters, and the longest value of one.
const MAX_PARAMETERS: usize = 50;
const MAX_PARAMETER_BYTES: usize = 4 << 10;

/// The name of the filter that holds expressions by themselves.
const LOOSE: &str = "bangui-test";

/// A filter that can be run.
#[derive(Debug)]
pub(super) struct Filter {
    /// The folder of its configuration.
    pub(super) config: PathBuf,
    /// Its file below `filter.d` with its parameters, as one argument.
    pub(super) argument: String,
    /// The expressions, where they are known without asking fail2ban.
    pub(super) regexes: Option<Regexes>,
}

impl Filter {
    /// A filter of a configuration. Its expressions are read here as fail2ban reads them, which saves a run of the program; where
    /// that fails the program is asked for them.
    fn of_files(
        config: PathBuf,
        name: &ItemName,
        parameters: &BTreeMap<String, String>,
        version: &Version,
    ) -> Result<Self, ConfigError> {
        let file = file_of(&config, name)?;
        let definition = argument(name.as_str(), parameters)?;
        Ok(Self {
            argument: argument(&file, parameters)?,
            regexes: Regexes::read(&config, &definition, version),
            config,
        })
    }
}

/// Expressions, in the order of fail2ban's numbers.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Regexes {
    pub(super) failregex: Vec<String>,
    pub(super) ignoreregex: Vec<String>,
}

impl Regexes {
    /// The expressions of a filter such as `sshd[mode="aggressive"]`.
    fn read(config: &Path, definition: &str, version: &Version) -> Option<Self> {
        let config = Config::read(Arc::new(Disk::new(config.to_str()?)), version);
        let filter = config.filter(definition).ok()?;
        let owned = |regexes: Vec<&str>| regexes.into_iter().map(str::to_owned).collect();
        Some(Self {
            failregex: owned(filter.failregex()),
            ignoreregex: owned(filter.ignoreregex()),
        })
    }
}

/// A filter of expressions, each as fail2ban has it.
#[derive(Debug, Default, Clone)]
pub(super) struct Loose {
    pub(super) regexes: Regexes,
    pub(super) prefregex: Option<String>,
    pub(super) datepattern: Option<String>,
    pub(super) maxlines: Option<u32>,
}

impl Loose {
    /// Puts the filter in a folder of its own. Blocks.
    pub(super) fn prepare(self, folder: &TestFolder) -> Result<Filter, ConfigError> {
        let file = format!("{LOOSE}.conf");
        Ok(Filter {
            // Nothing is included, so no other filter is needed.
            config: folder.configuration(Path::new("/nonexistent"), &file, &self.text()?)?,
            argument: file,
            regexes: Some(self.regexes),
        })
    }

    /// A filter's file with expressions that mean there what they mean by themselves.
    fn text(&self) -> Result<String, ConfigError> {
        let mut text = String::from("[Definition]\n");
        for (name, list) in [
            ("failregex", &self.regexes.failregex),
            ("ignoreregex", &self.regexes.ignoreregex),
        ] {
            if list.len() > MAX_REGEXES {
                return Err(bad(format!("more than {MAX_REGEXES} expressions")));
            }
            text.push_str(name);
            text.push_str(" =");
            for regex in list {
                text.push_str("\n  ");
                text.push_str(&escaped(regex)?);
            }
            text.push('\n');
        }
        for (name, value) in [
            ("prefregex", &self.prefregex),
            ("datepattern", &self.datepattern),
        ] {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                let _ = writeln!(text, "{name} = {}", escaped(value)?);
            }
        }
        if let Some(lines) = self.maxlines {
            let _ = writeln!(text, "maxlines = {lines}");
        }
        Ok(text)
    }
}

/// Puts a filter in its place. Blocks.
pub(super) fn prepare(
    source: &RegexSource,
    config_dir: &Path,
    version: &Version,
    folder: &TestFolder,
) -> Result<Filter, ConfigError> {
    match source {
        RegexSource::Filter { name, parameters } => {
            Filter::of_files(config_dir.to_owned(), name, parameters, version)
        }
        RegexSource::Text {
            name,
            text,
            parameters,
        } => {
            check_name(name)?;
            check_text(text)?;
            let local = format!("{name}.local");
            let config = folder.configuration(config_dir, &local, text)?;
            Filter::of_files(config, name, parameters, version)
        }
        RegexSource::Regexes {
            failregex,
            ignoreregex,
            datepattern,
        } => {
            let loose = Loose {
                regexes: Regexes {
                    failregex: failregex.clone(),
                    ignoreregex: ignoreregex.clone(),
                },
                datepattern: datepattern.clone(),
                ..Loose::default()
            };
            loose.prepare(folder)
        }
    }
}

/// The program takes what is no file's name for an expression; it never gets such a name.
fn check_name(name: &ItemName) -> Result<(), ConfigError> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.as_str().chars().all(fits) {
        Ok(())
    } else {
        Err(bad(
            "fail2ban-regex cannot read a filter with a space in its name",
        ))
    }
}

/// The file that stands for a filter: `NAME.conf`, or `NAME.local` where that is all there is.
fn file_of(config: &Path, name: &ItemName) -> Result<String, ConfigError> {
    check_name(name)?;
    ["conf", "local"]
        .iter()
        .map(|ending| format!("{name}.{ending}"))
        .find(|file| config.join("filter.d").join(file).is_file())
        .ok_or_else(|| {
            ConfigError::ItemNotFound(ConfigItemId {
                kind: ConfigItemKind::Filter,
                name: name.clone(),
            })
        })
}

/// `sshd.conf[mode="aggressive"]`.
fn argument(file: &str, parameters: &BTreeMap<String, String>) -> Result<String, ConfigError> {
    if parameters.is_empty() {
        return Ok(file.to_owned());
    }
    if parameters.len() > MAX_PARAMETERS {
        return Err(bad(format!("more than {MAX_PARAMETERS} parameters")));
    }
    let written: Result<Vec<String>, _> = parameters.iter().map(parameter).collect();
    Ok(format!("{file}[{}]", written?.join(", ")))
}

fn parameter((name, value): (&String, &String)) -> Result<String, ConfigError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.is_empty() || name.len() > MAX_PARAMETER_BYTES || !name.chars().all(fits) {
        return Err(bad(
            "the name of a parameter has letters, digits, _ and - only",
        ));
    }
    if value.len() > MAX_PARAMETER_BYTES || value.chars().any(char::is_control) {
        return Err(bad(format!(
            "the parameter {name} is too long, or has a line break or a control character in it"
        )));
    }
    let quote = ['"', '\'']
        .into_iter()
        .find(|quote| !value.contains(*quote));
    let quote = quote.ok_or_else(|| {
        bad(format!(
            "the parameter {name} has both kinds of quotes in it; fail2ban can read one"
        ))
    })?;
    Ok(format!("{name}={quote}{value}{quote}"))
}

/// A file that a text includes is read with this process's rights, and errors quote it: only other filters may be.
fn check_text(text: &str) -> Result<(), ConfigError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(bad(format!(
            "the text is longer than {} kB",
            MAX_TEXT_BYTES >> 10
        )));
    }
    let tree = Tree::parse(text.as_bytes());
    let included = tree
        .sections()
        .iter()
        .filter(|section| matches!(section.name.as_str(), "INCLUDES" | "DEFAULT"))
        .flat_map(|section| &section.options)
        .filter(|option| matches!(option.key.as_str(), "before" | "after"))
        .flat_map(|option| option.value.split('\n'));
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    for file in included {
        if !file.chars().all(fits) || file.starts_with('.') {
            return Err(bad(format!(
                "an unsaved text can include files of filter.d by their names, and not {file:?}"
            )));
        }
    }
    Ok(())
}

/// An expression as the value of an option that is read back as it was: nothing is interpolated, and no comment begins in it.
fn escaped(regex: &str) -> Result<String, ConfigError> {
    if regex.len() > MAX_REGEX_BYTES || regex.contains(['\n', '\r', '\0']) {
        return Err(bad("an expression is one line, and not longer than 16 kB"));
    }
    if regex.trim().is_empty() {
        return Err(bad("an expression is empty"));
    }
    let mut out = String::with_capacity(regex.len());
    let mut before = ' ';
    for c in regex.chars() {
        match c {
            '%' => out.push_str("%%"),
            // A comment begins at `;` behind white space, and at `#` or `;` at the beginning of a line.
            ';' if before.is_whitespace() => out.push_str("\\;"),
            '#' if out.is_empty() => out.push_str("\\#"),
            c => out.push(c),
        }
        before = c;
    }
    // White space at the ends would be cut off.
    if out.starts_with(char::is_whitespace) {
        out.insert_str(0, "(?:)");
    }
    if out.ends_with(char::is_whitespace) {
        out.push_str("(?:)");
    }
    Ok(out)
}

fn bad(detail: impl Into<String>) -> ConfigError {
    ConfigError::BadTest(detail.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parameters(name: &str, value: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn argument_quotes_values_and_refuses_what_would_break_out() {
        let of = |name: &str, value: &str| argument("sshd.conf", &parameters(name, value));
        assert_eq!(
            of("mode", "aggressive").unwrap(),
            "sshd.conf[mode=\"aggressive\"]"
        );
        assert_eq!(of("x", "a]\"b").unwrap(), "sshd.conf[x='a]\"b']");
        for (name, value) in [
            ("", "x"),
            ("a b", "x"),
            ("a=b", "x"),
            ("a", "x\ny"),
            ("a", "\"'"),
        ] {
            assert!(
                matches!(of(name, value), Err(ConfigError::BadTest(_))),
                "{name}={value}"
            );
        }
    }

    #[test]
    fn filter_that_is_not_there_is_not_taken_for_an_expression() {
        let config = tempfile::tempdir().unwrap();
        let folder = TestFolder::new().unwrap();
        let source = RegexSource::Filter {
            name: "nosuch".parse().unwrap(),
            parameters: BTreeMap::new(),
        };
        let prepared = prepare(&source, config.path(), &Version::parse("1.0.2"), &folder);
        assert!(
            matches!(prepared, Err(ConfigError::ItemNotFound(_))),
            "{prepared:?}"
        );
    }

    #[test]
    fn text_that_includes_a_file_from_elsewhere_is_refused() {
        for text in [
            "[INCLUDES]\nbefore = /etc/shadow\n",
            "[INCLUDES]\nafter = common.conf\n  ../../shadow\n",
            "[DEFAULT]\nBefore = ../x\n[INCLUDES]\n",
            "[INCLUDES]\nbefore = %(x)s\n",
        ] {
            assert!(check_text(text).is_err(), "{text}");
        }
        check_text("[INCLUDES]\nbefore = common.conf\n  other.local\n[Definition]\nbefore = /x\n")
            .unwrap();
    }

    proptest! {
        #[test]
        fn expression_in_a_file_is_one_line_that_reads_back(regex in "[ -~é\t]{1,60}") {
            prop_assume!(!regex.trim().is_empty());
            let regexes = Regexes { failregex: vec![regex.clone(), "second".to_owned()], ..Regexes::default() };
            let text = Loose { regexes, ..Loose::default() }.text().unwrap();
            let tree = Tree::parse(text.as_bytes());
            prop_assert!(tree.problem().is_none(), "{:?}", tree.problem());
            let value = &tree.option("Definition", "failregex").unwrap().value;
            let lines: Vec<&str> = value.split('\n').filter(|line| !line.is_empty()).collect();
            prop_assert_eq!(lines.len(), 2, "{}", text);
            let read = lines[0].replace("%%", "%");
            let meant = read.strip_prefix("(?:)").unwrap_or(&read);
            let meant = meant.strip_suffix("(?:)").unwrap_or(meant);
            let plain = |text: &str| text.replace("\\;", ";").replace("\\#", "#");
            prop_assert_eq!(plain(meant), plain(regex.strip_prefix("(?:)").unwrap_or(&regex)));
        }
    }
}
