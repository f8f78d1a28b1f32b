use std::path::Path;

use lab::{Enforcement, ExtraJail, JailSet, Lab, LabConfig};

use super::*;
use crate::AgentConfig;

async fn lab() -> Lab {
    Lab::start(LabConfig {
        enforcement: Enforcement::None,
        jails: JailSet::Names(Vec::new()),
        extra_jails: vec![ExtraJail::new("app"), ExtraJail::new("web")],
        ..LabConfig::for_tests().unwrap()
    })
    .await
    .unwrap()
}

fn core(lab: &Lab) -> Core {
    Core::new(AgentConfig {
        socket: lab.socket().to_owned(),
        config_dir: lab.config_dir().to_owned(),
        client_program: lab.client_program(),
        ..AgentConfig::default()
    })
}

fn bad(name: &str) -> plan::Command {
    ["set", name, "bantime", "banana"].map(Into::into).to_vec()
}

#[tokio::test]
async fn reload_that_fails_in_spite_of_all_checks_has_its_jails_loaded_again() {
    let lab = lab().await;
    let core = core(&lab);
    let link = core.link();
    let plan = plan(&core, &link).await.unwrap();
    let mut stream = plan.stream();
    // Behind the first jail's part: every jail is deleted, as none was started yet.
    stream.insert(plan.jails[0].commands.len(), bad("app"));
    let part = Part { jail: None, stream };
    let result = send(&core, &link, &plan, part).await;
    assert!(
        matches!(result, Err(HostError::Rejected { .. })),
        "{result:?}"
    );
    assert_eq!(link.client.jails().await.unwrap(), ["app", "web"]);
    lab.stop().await;
}

#[tokio::test]
async fn jail_that_cannot_be_loaded_again_is_named_as_lost() {
    let lab = lab().await;
    let core = core(&lab);
    let link = core.link();
    let mut plan = plan(&core, &link).await.unwrap();
    plan.jails[1].commands.push(bad("web"));
    let part = Part {
        jail: None,
        stream: plan.stream(),
    };
    let result = send(&core, &link, &plan, part).await;
    assert_eq!(
        result,
        Err(HostError::JailsLost(vec!["web".parse().unwrap()]))
    );
    assert_eq!(link.client.jails().await.unwrap(), ["app"]);
    lab.stop().await;
}

#[tokio::test]
async fn program_that_hangs_or_is_missing_is_an_error_in_time() {
    let lab = lab().await;
    let script = lab.folder().join("slow-client");
    std::fs::write(&script, "#!/bin/sh\nexec sleep 600\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(&script, mode).unwrap();
    for program in [script.as_path(), Path::new("/nonexistent")] {
        let core = Core::new(AgentConfig {
            client_program: program.to_owned(),
            timeouts: crate::Timeouts {
                client_program: std::time::Duration::from_millis(300),
                ..crate::Timeouts::default()
            },
            ..core(&lab).config
        });
        let result = plan_of(&core).await;
        assert!(
            matches!(result, Err(HostError::ClientProgram(_))),
            "{result:?}"
        );
    }
    lab.stop().await;
}

async fn plan_of(core: &Core) -> Result<(), HostError> {
    plan(core, &core.link()).await.map(|_| ())
}
