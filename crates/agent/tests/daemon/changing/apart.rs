//! This test program as another process: told to run only one of its functions, which finds in its environment what it is to do.
use std::{
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use agent::AgentConfig;
use lab::Lab;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::process::Command;

/// The variable that holds what the other process is to do.
const ORDER: &str = "BANGUI_TEST_ORDER";

/// What an answer's line begins with, among what the test harness prints.
const ANSWER: &str = "ANSWER";

/// How long one process may take.
const LIMIT: Duration = Duration::from_mins(1);

/// The lab that the other process works on, and where its agent remembers what it does.
#[derive(Serialize, Deserialize)]
pub(super) struct Place {
    socket: PathBuf,
    config_dir: PathBuf,
    client_program: PathBuf,
    pub(super) state_dir: PathBuf,
}

impl Place {
    pub(super) fn of(lab: &Lab, state_dir: &Path) -> Self {
        Self {
            socket: lab.socket().to_owned(),
            config_dir: lab.config_dir().to_owned(),
            client_program: lab.client_program(),
            state_dir: state_dir.to_owned(),
        }
    }

    pub(super) fn config(&self) -> AgentConfig {
        AgentConfig {
            socket: self.socket.clone(),
            config_dir: self.config_dir.clone(),
            client_program: self.client_program.clone(),
            state_dir: Some(self.state_dir.clone()),
            ..AgentConfig::default()
        }
    }
}

/// What this process is to do; `None` when nobody ordered anything.
pub(super) fn order<T: DeserializeOwned>() -> Option<T> {
    let order = std::env::var(ORDER).ok()?;
    Some(serde_json::from_str(&order).unwrap())
}

/// Tells the one who ordered what came of it.
pub(super) fn tell(answer: &impl Serialize) {
    println!("\n{ANSWER}{}", serde_json::to_string(answer).unwrap());
}

/// What the other process told; `None` when it told nothing.
pub(super) fn told<T: DeserializeOwned>(ended: &Output) -> Option<T> {
    let said = String::from_utf8_lossy(&ended.stdout);
    let answer = said.lines().find_map(|line| line.strip_prefix(ANSWER))?;
    Some(serde_json::from_str(answer).unwrap())
}

/// Runs one function, by its whole path, with an order.
pub(super) async fn run(mut program: Command, function: &str, order: &impl Serialize) -> Output {
    // The harness names it without the program.
    let (_, function) = function.split_once("::").unwrap();
    program
        .args([function, "--exact", "--ignored", "--nocapture"])
        .env(ORDER, serde_json::to_string(order).unwrap())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let ended = tokio::time::timeout(LIMIT, program.output());
    ended.await.unwrap().unwrap()
}
