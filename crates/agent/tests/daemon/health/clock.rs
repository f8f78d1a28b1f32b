//! Logs whose times are not the machine's, with a real daemon.
use std::path::{Path, PathBuf};

use super::*;

/// A program that fails until it is mended.
struct Breakable {
    program: PathBuf,
    broken: PathBuf,
    tried: PathBuf,
}

impl Breakable {
    fn of(real: &Path, folder: &Path) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let [program, broken, tried] =
            ["breakable", "broken", "tried"].map(|name| folder.join(name));
        let script = format!(
            "#!/bin/sh\nif [ -e '{}' ]; then touch '{}'; exit 1; fi\nexec '{}' \"$@\"\n",
            broken.display(),
            tried.display(),
            real.display()
        );
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::write(&broken, "").unwrap();
        Self {
            program,
            broken,
            tried,
        }
    }

    /// Waits until it was run anew.
    async fn until_tried(&self) {
        if self.tried.exists() {
            std::fs::remove_file(&self.tried).unwrap();
        }
        until("it was run", async || self.tried.exists()).await;
    }

    fn mend(&self) {
        std::fs::remove_file(&self.broken).unwrap();
    }
}

#[tokio::test]
async fn clock_of_a_log_that_is_an_hour_off_is_an_alarm_until_right_lines_come() {
    let scene = Scene::new().await;
    let log = scene.log("app");
    // Before it has read to the end of the log it takes lines for old ones.
    scene
        .ground
        .lab
        .attack("app", "198.51.100.7".parse().unwrap())
        .await
        .unwrap();
    until("it has read the log", async || {
        scene.health("app").await.last_failure_at.is_some()
    })
    .await;
    assert_eq!(scene.alarms("app").await, []);
    let line = |hours: i64| format!("{} nothing of interest\n", local(&SystemClock, hours));
    until("the alarm is raised", async || {
        write(&log, &line(-1), &scene.clock);
        scene.alarms("app").await == [JailAlarm::ClockDiffers]
    })
    .await;
    assert_eq!(scene.alarms("web").await, []);
    // Another agent, to which the daemon says nothing any more, and whose first looks fail.
    let cursor = scene.heard.lock().await.clone();
    let config = crate::ground::config(&scene.ground.lab, scene.ground.lab.socket());
    let regex = Breakable::of(&config.regex_program, scene.ground.lab.folder());
    let other = agent::Agent::start(agent::AgentConfig {
        timeouts: Timeouts {
            jail_detail: Duration::ZERO,
            ..Timeouts::default()
        },
        regex_program: regex.program.clone(),
        ..config
    });
    other.first_answer().await;
    scene.ground.agent.stop().await;
    let scene = Scene {
        ground: Ground {
            agent: other,
            ..scene.ground
        },
        heard: tokio::sync::Mutex::new(cursor),
        ..scene
    };
    assert_eq!(scene.alarms("app").await, [JailAlarm::ClockDiffers]);
    write(&log, &line(0), &scene.clock);
    regex.until_tried().await;
    assert_eq!(scene.alarms("app").await, [JailAlarm::ClockDiffers]);
    regex.mend();
    // Without another write, and without anybody who asks how jails are.
    until("the alarm is not kept any more", async || {
        scene.hear().await;
        let cursor = scene.heard.lock().await.clone();
        !cursor.unwrap().0.contains("odd_times")
    })
    .await;
    assert_eq!(scene.alarms("app").await, []);
    scene.ground.end().await;
}
