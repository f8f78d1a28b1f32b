use super::*;

fn with(environment: &[(&str, &str)]) -> Result<Settings, String> {
    Settings::read(&Sources {
        environment: environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..Sources::default()
    })
    .map_err(|error| error.to_string())
}

#[test]
fn settings_without_any_source_are_the_documented_defaults() {
    let settings = with(&[]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8000");
    assert_eq!(settings.base_path, "/");
    assert_eq!(settings.poll_interval, Duration::from_secs(2));
    assert!(settings.fail2ban_socket.is_none());
}

#[test]
fn ports_on_which_bangui_is_reached_are_its_own_and_that_of_its_public_address() {
    let reached = |environment: &[(&str, &str)]| {
        let listening = "127.0.0.1:8000".parse().unwrap();
        with(environment).unwrap().reached_on(listening)
    };
    assert_eq!(reached(&[]), [8000]);
    for (url, port) in [
        ("https://bans.example.org", 443),
        ("http://bans.example.org/x", 80),
        ("https://bans.example.org:8443", 8443),
        ("http://[2001:db8::1]", 80),
        ("http://[2001:db8::1]:81", 81),
    ] {
        let public = ("BANGUI_PUBLIC_URL", url);
        assert_eq!(reached(&[public]), [8000, port], "{url}");
    }
    let proxy = ("BANGUI_TRUSTED_PROXIES", "127.0.0.1");
    assert_eq!(reached(&[proxy]), [8000, 80, 443]);
}

#[test]
fn wrong_setting_is_named_with_its_source_and_what_to_write() {
    for (name, value, advice) in [
        ("BANGUI_LISTEN", "8000", "write an address and a port"),
        ("BANGUI_BASE_PATH", "/a b", "write a path such as /"),
        ("BANGUI_BASE_PATH", "/a/../b", "write a path such as /"),
        ("BANGUI_PUBLIC_URL", "bans.example.org", "https://"),
        ("BANGUI_TRUSTED_PROXIES", "10.0.0.0/8, nginx", "\"nginx\""),
        ("BANGUI_POLL_INTERVAL_MS", "1", "from 250 to 60000"),
        ("BANGUI_SESSION_IDLE_SECONDS", "many", "whole number"),
        (
            "BANGUI_SESSION_ABSOLUTE_SECONDS",
            "600",
            "BANGUI_SESSION_IDLE_SECONDS",
        ),
        ("BANGUI_SETUP_TOKEN", "short", "16 characters"),
        ("BANGUI_LOG", "info,=,=", "invalid"),
        ("BANGUI_LOG_FORMAT", "xml", "text or json"),
        ("BANGUI_FAIL2BAN_CONFIG", "etc", "begins with a slash"),
        ("BANGUI_SHUTDOWN_SECONDS", "0", "from 1 to 300"),
        ("BANGUI_CONFIRM_SECONDS", "5", "from 10 to 3600"),
        ("BANGUI_ALLOW_COMMANDS", "yes", "true or false"),
        ("BANGUI_LOG_FOLDERS", "/var/log, logs", "\"logs\""),
        (
            "BANGUI_FAIL2BAN_START_COMMAND",
            "systemctl start",
            "path of a program",
        ),
        ("BANGUI_FAIL2BAN_START_COMMAND", "/bin/a 'b", "not closed"),
    ] {
        let error = with(&[(name, value)]).unwrap_err();
        assert!(error.contains(name), "{error}");
        assert!(error.contains("(environment)"), "{error}");
        assert!(error.contains(advice), "{error}");
    }
}

#[test]
fn start_command_is_split_into_words_without_a_shell() {
    let words = |text: &str| {
        let settings = with(&[("BANGUI_FAIL2BAN_START_COMMAND", text)]).unwrap();
        settings.fail2ban_start_command.unwrap()
    };
    assert_eq!(
        words("/bin/f2b  -c /etc/x start"),
        ["/bin/f2b", "-c", "/etc/x", "start"]
    );
    assert_eq!(
        words(r#""/opt/my f2b"/bin 'a "b"' $HOME;x"#),
        ["/opt/my f2b/bin", "a \"b\"", "$HOME;x"]
    );
}

#[test]
fn unknown_setting_is_refused_with_the_nearest_one() {
    let error = with(&[("BANGUI_LISTN", "x")]).unwrap_err();
    assert!(error.contains("did you mean BANGUI_LISTEN?"), "{error}");
    let error = with(&[("BANGUI_QQQ", "x")]).unwrap_err();
    assert!(error.contains("settings-example"), "{error}");
}

#[test]
fn wrong_secret_is_not_shown_in_the_message() {
    let error = with(&[("BANGUI_SETUP_TOKEN", "hunter2")]).unwrap_err();
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn later_sources_win_over_earlier_ones() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bangui.toml");
    std::fs::write(
        &file,
        "listen = \"127.0.0.1:1\"\nlog = \"warn\"\npoll_interval_ms = 500\ntrusted_proxies = [\"10.0.0.1\", \"::1\"]\n",
    )
    .unwrap();
    let env_file = folder.path().join(".env");
    std::fs::write(
        &env_file,
        "OTHER=1\nBANGUI_LISTEN=127.0.0.1:2\nBANGUI_LOG=error\n",
    )
    .unwrap();
    let settings = Settings::read(&Sources {
        environment: vec![("BANGUI_LISTEN".to_owned(), "127.0.0.1:3".to_owned())],
        env_file: Some(env_file),
        file: Some(file),
        flags: vec![("LISTEN", "127.0.0.1:4".to_owned())],
    })
    .unwrap();
    assert_eq!(settings.listen.port(), 4);
    assert_eq!(settings.log, "error");
    assert_eq!(settings.poll_interval, Duration::from_millis(500));
    assert_eq!(settings.trusted_proxies.len(), 2);
}

#[test]
fn file_of_settings_that_is_missing_or_broken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bangui.toml");
    let read = || {
        Settings::read(&Sources {
            file: Some(file.clone()),
            ..Sources::default()
        })
        .unwrap_err()
        .to_string()
    };
    assert!(read().contains("there is no such file"));
    std::fs::write(&file, "listen = [").unwrap();
    assert!(read().contains("bangui.toml"));
    std::fs::write(&file, "listne = \"x\"").unwrap();
    assert!(read().contains("did you mean BANGUI_LISTEN?"));
}

#[test]
fn base_path_always_begins_and_ends_with_a_slash() {
    for (written, kept) in [("/", "/"), ("bangui", "/bangui/"), ("/a/b/", "/a/b/")] {
        assert_eq!(
            with(&[("BANGUI_BASE_PATH", written)]).unwrap().base_path,
            kept
        );
    }
}

#[test]
fn variables_of_tests_are_no_settings() {
    assert!(with(&[("BANGUI_TEST_FAIL2BAN_ROOT", "/x")]).is_ok());
}

#[test]
fn example_lists_every_setting_and_every_default_is_accepted() {
    let example = example();
    for setting in SETTINGS {
        let line = format!("#{PREFIX}{}={}", setting.name, setting.default);
        assert!(example.contains(&line), "{line}");
        let variable = format!("{PREFIX}{}", setting.name);
        assert!(with(&[(&variable, setting.default)]).is_ok(), "{variable}");
    }
}
