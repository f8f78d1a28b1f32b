use super::*;

/// The journal of a change, as a build wrote it on the disk; the phase is put in.
fn recorded(phase: &str) -> String {
    const RECORDED: &str = concat!(
        r#"{"version":2,"began_at":1795955982754,"author":{"name":"ada","address":null},"note":"a test","#,
        r#""changes":[{"change":"set","item":{"kind":"jail","name":"app"},"section":null,"option":"findtime","value":"123"}],"#,
        r#""hash":"01fd5f0d7c490b05d73643f978731922814f245d168bc8f756b2156316b15ab6","#,
        r#""files":[{"path":"jail.d/zz-bangui.local","before":null,"after":"48654a2a3380d802d1087dce87212a7ee7e767e25438486d0e199f7752344385"}],"#,
        r#""ran":["app","web"],"touched":{"settings":false,"reload":["app"],"restart":[],"start":[],"stop":[]},"phase":PHASE}"#
    );
    RECORDED.replace("PHASE", phase)
}

fn read(phase: &str) -> Phase {
    serde_json::from_str::<Intent>(&recorded(phase))
        .unwrap()
        .phase
}

#[test]
fn journal_of_an_earlier_build_that_kept_no_name_is_read() {
    assert_eq!(read(r#""Confirmed""#), Phase::Confirmed { by: None });
    assert_eq!(
        read(r#"{"Waiting":{"confirm_by":1795956582958}}"#),
        Phase::Waiting {
            confirm_by: Timestamp::from_millis(1_795_956_582_958)
        }
    );
}

#[test]
fn each_phase_is_read_as_it_is_written() {
    let at = Timestamp::from_millis(1_795_954_011_123);
    let author = ConfigAuthor {
        name: Some("ada".to_owned()),
        address: None,
    };
    for phase in [
        Phase::Writing,
        Phase::Verified,
        Phase::Waiting { confirm_by: at },
        Phase::Confirmed {
            by: Some(Confirmation {
                at,
                author: author.clone(),
            }),
        },
        Phase::Undoing {
            failed: "no".to_owned(),
        },
        Phase::Reverting {
            by: Some(author),
            version: VersionId(3),
        },
        Phase::Owed,
    ] {
        let written = serde_json::to_string(&phase).unwrap();
        assert_eq!(read(&written), phase, "{written}");
    }
    for wrong in [r#""Else""#, "7", r#"{"Confirmed":7}"#] {
        assert!(serde_json::from_str::<Intent>(&recorded(wrong)).is_err());
    }
}
