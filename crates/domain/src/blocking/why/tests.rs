use std::collections::BTreeSet;

use super::*;

#[test]
fn reason_codes_have_words_of_their_own_that_are_read_back() {
    let words: BTreeSet<&str> = WhyCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(words.len(), WhyCode::ALL.len());
    for code in WhyCode::ALL {
        let word = code.as_str();
        assert_eq!(word.parse(), Ok(*code));
        assert!(word.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
    }
    assert_eq!("of-tomorrow".parse::<WhyCode>(), Err(UnknownWhy));
}

#[test]
fn reason_with_facts_is_read_back_as_it_was() {
    let reason = Why::new(WhyCode::StatusGone, "it answers 404")
        .host("lists.example")
        .status(404);
    let text = serde_json::to_string(&reason).unwrap();
    assert_eq!(
        text,
        r#"{"code":"status-gone","text":"it answers 404","facts":{"host":"lists.example","status":404}}"#
    );
    assert_eq!(serde_json::from_str::<Why>(&text).unwrap(), reason);
}

#[test]
fn reason_of_a_later_version_is_its_sentence() {
    let told = r#"{"code":"of-tomorrow","text":"it rains","facts":{"clouds":3}}"#;
    let reason: Why = serde_json::from_str(told).unwrap();
    assert_eq!(reason, Why::unnamed("it rains"));
}

#[test]
fn reason_of_a_rule_names_it_in_its_sentence() {
    let reason =
        Why::new(WhyCode::DependsOnMark, "it depends on a mark").rule("input", "meta mark 1 drop");
    assert_eq!(
        reason.to_string(),
        "it depends on a mark (input: meta mark 1 drop)"
    );
    assert_eq!(
        reason.facts.rule.as_deref(),
        Some("input: meta mark 1 drop")
    );
}

#[test]
fn reason_as_long_as_a_program_talks_is_cut() {
    let long = "ä".repeat(MAX_CHARS + 1);
    let reason = Why::new(WhyCode::ProgramRefused, &long).detail(&long);
    for text in [reason.text, reason.facts.detail.unwrap()] {
        assert_eq!(text.chars().count(), MAX_CHARS + 1);
        assert!(text.ends_with('…'));
    }
}
