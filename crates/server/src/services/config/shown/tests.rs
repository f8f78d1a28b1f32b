use domain::{ConfigItemId, ConfigItemKind, Layer, Severity, SourceLine, Timestamp};

use super::*;

fn option(name: &str, value: &str) -> ConfigOption {
    ConfigOption {
        name: name.to_owned(),
        section: "Definition".to_owned(),
        value: Some(value.to_owned()),
        set_at: None,
        raw: Some(value.to_owned()),
        overrides: vec![Layer {
            source: SourceLine {
                file: "action.d/x.conf".to_owned(),
                line: 1,
                section: "Init".to_owned(),
            },
            raw: value.to_owned(),
        }],
        own: true,
        by_bangui: false,
        running: Some(value.to_owned()),
        differs: false,
    }
}

fn item() -> ConfigItem {
    let id = ConfigItemId {
        kind: ConfigItemKind::Action,
        name: "cloudflare".parse().unwrap(),
    };
    ConfigItem {
        summary: ConfigItemSummary {
            id: id.clone(),
            badges: Vec::new(),
            filter: None,
            used_by: Vec::new(),
            state: None,
            problem: Some(Reason {
                code: "broken".to_owned(),
                detail: "no answer with s3cr3t-key".to_owned(),
            }),
        },
        options: vec![
            option("cftoken", "s3cr3t-key"),
            option(
                "actionban",
                "curl -H 'X-Key: s3cr3t-key' https://example.org",
            ),
            option("action", "mail[password=\"hunter22\", dest=root]"),
            option("pass", "abc"),
            option("maxretry", "5"),
        ],
        files: Vec::new(),
        actions: Vec::new(),
        findings: vec![Finding {
            severity: Severity::Warning,
            source: domain::FindingSource::Rules,
            code: "odd".to_owned(),
            detail: "hunter22 is odd".to_owned(),
            item: Some(id),
            option: None,
            file: None,
            line: None,
            suggestion: Some("s3cr3t-key".to_owned()),
        }],
        as_of: Timestamp::from_millis(0),
    }
}

#[test]
fn item_shown_to_a_viewer_has_no_secret_anywhere() {
    let shown = item().shown_to(Role::Viewer);
    let text = serde_json::to_string(&shown).unwrap();
    for secret in ["s3cr3t-key", "hunter22", "abc"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    for rest in ["dest=root", "https://example.org", "\"5\""] {
        assert!(text.contains(rest), "{rest}: {text}");
    }
}

#[test]
fn item_shown_to_an_operator_is_whole() {
    assert_eq!(item().shown_to(Role::Operator), item());
}

#[test]
fn options_hidden_are_told_by_their_names() {
    assert!(hides(Role::Viewer, "cftoken"));
    assert!(!hides(Role::Viewer, "maxretry"));
    assert!(!hides(Role::Operator, "cftoken"));
}

#[test]
fn items_shown_to_a_viewer_have_no_secret_parameter() {
    let items = ConfigItems {
        items: vec![ConfigItemSummary {
            filter: Some("x[token=\"s3cr3t-key\"]".to_owned()),
            ..item().summary
        }],
        findings: vec![Finding {
            detail: "password = s3cr3t-key".to_owned(),
            ..item().findings.remove(0)
        }],
        as_of: Timestamp::from_millis(0),
    };
    let shown = items.shown_to(Role::Viewer);
    assert_eq!(shown.items[0].filter.as_deref(), Some("x[token=••••••]"));
    assert_eq!(shown.findings[0].detail, "password = ••••••");
}
