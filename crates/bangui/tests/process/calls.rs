use std::net::TcpListener;

use crate::ground::{Ground, refused, run};

#[test]
fn help_names_every_command_and_ends_well() {
    let ground = Ground::new();
    let ended = run(ground.command(&["--help"]));
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    for command in [
        "serve",
        "lab",
        "health",
        "openapi",
        "words",
        "settings-example",
    ] {
        assert!(ended.out.contains(command), "{command}: {}", ended.out);
        let of_command = run(ground.command(&[command, "--help"]));
        assert_eq!(of_command.code, Some(0), "{command}");
    }
    let version = run(ground.command(&["--version"])).out;
    assert_eq!(
        version.trim(),
        concat!("bangui ", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(
        ground.content(),
        [],
        "asking for help left something behind"
    );
}

#[test]
fn call_that_cannot_be_meant_is_refused_with_the_usage() {
    let ground = Ground::new();
    for (args, says) in [
        (&[][..], "Usage: bangui"),
        (&["serv"], "a similar subcommand exists: 'serve'"),
        (&["serve", "--port", "1"], "unexpected argument '--port'"),
        (&["serve", "--lab", "maybe"], "never, auto, always"),
        (&["lab", "--rate", "fast"], "invalid value 'fast'"),
    ] {
        refused(ground.command(args), 2, &[says]);
    }
    assert_eq!(ground.content(), []);
}

#[test]
fn start_with_a_wrong_setting_names_it_and_what_to_write_and_makes_nothing() {
    let ground = Ground::new();
    for (name, value, advice) in [
        ("BANGUI_LISTEN", "localhost", "such as 127.0.0.1:8000"),
        ("BANGUI_LISTEN", "127.0.0.1:70000", "such as 127.0.0.1:8000"),
        ("BANGUI_BASE_PATH", "/../etc", "such as / or /bangui/"),
        ("BANGUI_PUBLIC_URL", "javascript:1", "such as https://"),
        ("BANGUI_TRUSTED_PROXIES", "10.0.0.0/33", "10.0.0.0/33"),
        ("BANGUI_POLL_INTERVAL_MS", "-1", "from 250 to 60000"),
        ("BANGUI_SESSION_IDLE_SECONDS", "8h", "a whole number"),
        ("BANGUI_FAIL2BAN_SOCKET", "f2b.sock", "begins with a slash"),
        ("BANGUI_LOG_FORMAT", "yaml", "write text or json"),
        ("BANGUI_SHUTDOWN_SECONDS", "301", "from 1 to 300"),
    ] {
        let mut command = ground.command(&["serve"]);
        command.env(name, value);
        refused(command, 2, &[name, "(environment)", advice]);
    }
    let mut command = ground.command(&["serve", "--listen", "8000"]);
    command.env("BANGUI_LISTEN", "127.0.0.1:0");
    refused(command, 2, &["BANGUI_LISTEN", "(flag)"]);
    assert_eq!(
        ground.content(),
        [],
        "a refused start left something behind"
    );
}

#[test]
fn start_with_a_secret_that_is_wrong_does_not_print_it() {
    let ground = Ground::new();
    let mut command = ground.command(&["serve"]);
    command.env("BANGUI_SETUP_TOKEN", "hunter2");
    let ended = run(command);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("BANGUI_SETUP_TOKEN") && !ended.err.contains("hunter2"));
}

#[test]
fn start_with_an_unknown_setting_names_the_nearest_one_and_where_it_was_set() {
    let ground = Ground::new();
    let mut command = ground.command(&["serve"]);
    command.env("BANGUI_DATADIR", "/nowhere");
    refused(
        command,
        2,
        &[
            "BANGUI_DATADIR (environment)",
            "did you mean BANGUI_DATA_DIR?",
        ],
    );
    std::fs::write(ground.path(".env"), "BANGUI_COLOUR=blue\n").unwrap();
    let says = ["BANGUI_COLOUR (.env)", "settings-example"];
    refused(ground.command(&["serve"]), 2, &says);
    assert!(!ground.data().exists());
}

#[test]
fn start_with_a_file_of_settings_that_is_wrong_names_file_and_reason() {
    let ground = Ground::new();
    let file = ground.path("bangui.toml");
    let name = file.to_str().unwrap();
    let args = ["--config", name, "serve"];
    refused(ground.command(&args), 2, &[name, "there is no such file"]);
    std::fs::write(&file, "listen = [unclosed\n").unwrap();
    refused(ground.command(&args), 2, &[name, "cannot be read"]);
    std::fs::write(&file, "poll_interval_ms = 5\n").unwrap();
    let mut command = ground.command(&args);
    command.env_remove("BANGUI_POLL_INTERVAL_MS");
    refused(command, 2, &["BANGUI_POLL_INTERVAL_MS", name, "from 250"]);
    assert!(!ground.data().exists());
}

#[test]
fn start_on_a_port_that_is_taken_says_what_to_do() {
    let ground = Ground::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let command = ground.command(&["serve", "--listen", &address]);
    refused(
        command,
        1,
        &[
            &format!("cannot listen on {address}"),
            "another program uses this port",
            "BANGUI_LISTEN",
            "because: Address already in use",
        ],
    );
    // What it made on its way is whole: the next start takes it.
    let server = ground.serve();
    server.terminate();
    assert!(server.ended().success());
}

#[test]
fn start_on_an_address_of_another_machine_says_what_to_do() {
    let ground = Ground::new();
    // Kept free for documentation: no machine has it.
    let command = ground.command(&["serve", "--listen", "192.0.2.1:0"]);
    refused(
        command,
        1,
        &["this machine does not have this address", "BANGUI_LISTEN"],
    );
}

#[test]
fn words_of_the_api_are_those_that_the_page_was_checked_against() {
    let ground = Ground::new();
    let ended = run(ground.command(&["words"]));
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src/api/words.json");
    assert_eq!(
        ended.out,
        std::fs::read_to_string(committed).unwrap(),
        "run `make generate` and commit it"
    );
}
