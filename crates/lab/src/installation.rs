//! Which fail2ban the lab runs: the system's package, or one unpacked in a folder.

use std::env;
use std::path::{Path, PathBuf};

use crate::LabError;

/// The variable that names a folder with an unpacked fail2ban package; tests then run against that one.
pub const ROOT_VARIABLE: &str = "BANGUI_TEST_FAIL2BAN_ROOT";

const INSTALL: &str = "install the package fail2ban";

/// The programs and stock configuration of one fail2ban.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// `fail2ban-server`.
    pub server: PathBuf,
    /// `fail2ban-client`.
    pub client: PathBuf,
    /// The folder to put into `PYTHONPATH`, when the modules are not where Python looks by itself.
    pub python_path: Option<PathBuf>,
    /// The stock configuration that the lab's is made from (`/etc/fail2ban`).
    pub config: PathBuf,
}

impl Installation {
    /// The fail2ban that the distribution's package installed.
    pub fn system() -> Result<Self, LabError> {
        Self::debian().checked(INSTALL)
    }

    /// The paths of Debian's package, whether it is installed or not.
    #[must_use]
    pub(crate) fn debian() -> Self {
        Self {
            server: "/usr/bin/fail2ban-server".into(),
            client: "/usr/bin/fail2ban-client".into(),
            python_path: None,
            config: "/etc/fail2ban".into(),
        }
    }

    /// A package that was unpacked with `dpkg -x` into `root`; nothing of it needs to be installed.
    pub fn unpacked(root: &Path) -> Result<Self, LabError> {
        // Relative paths would change their meaning with the folder that the daemon runs in.
        let root = root
            .canonicalize()
            .map_err(LabError::io("find the unpacked package", root))?;
        Self {
            server: root.join("usr/bin/fail2ban-server"),
            client: root.join("usr/bin/fail2ban-client"),
            python_path: Some(root.join("usr/lib/python3/dist-packages")),
            config: root.join("etc/fail2ban"),
        }
        .checked("unpack a fail2ban package there, for example with e2e/newer-fail2ban.sh")
    }

    /// The installation that [`ROOT_VARIABLE`] names, and the system's when it is unset or empty.
    pub fn from_env() -> Result<Self, LabError> {
        env::var_os(ROOT_VARIABLE)
            .filter(|root| !root.is_empty())
            .map_or_else(Self::system, |root| Self::unpacked(Path::new(&root)))
    }

    /// `fail2ban-regex`, which lies beside the client.
    #[must_use]
    pub fn regex(&self) -> PathBuf {
        self.client.with_file_name("fail2ban-regex")
    }

    /// `fail2ban-regex` as a program that can be run by itself: of an unpacked package it is a script in `folder`
    /// that tells it where its modules are.
    pub fn regex_program(&self, folder: &Path) -> Result<PathBuf, LabError> {
        let Some(modules) = &self.python_path else {
            return Ok(self.regex());
        };
        let script = folder.join("fail2ban-regex");
        crate::client::write_program(&script, &self.regex(), modules)?;
        Ok(script)
    }

    /// Fails when a part is not there.
    pub(crate) fn check(&self) -> Result<(), LabError> {
        self.clone().checked(INSTALL).map(drop)
    }

    fn checked(self, remedy: &'static str) -> Result<Self, LabError> {
        let parts = [
            Some(&self.server),
            Some(&self.client),
            self.python_path.as_ref(),
        ];
        let jails = self.config.join("jail.conf");
        let missing = parts
            .into_iter()
            .flatten()
            .chain([&jails])
            .find(|part| !part.exists());
        match missing {
            Some(path) => Err(LabError::NotInstalled {
                path: path.clone(),
                remedy,
            }),
            None => Ok(self),
        }
    }
}
