use domain::WhyFacts;

use super::*;

fn host() -> String {
    "lists.example".to_owned()
}

#[test]
fn reason_of_a_status_has_its_number_its_host_and_what_it_means() {
    for (status, code) in [
        (401, Code::StatusForbidden),
        (403, Code::StatusForbidden),
        (404, Code::StatusGone),
        (410, Code::StatusGone),
        (418, Code::StatusOther),
        (429, Code::StatusTooOften),
        (503, Code::StatusFault),
        (599, Code::StatusFault),
    ] {
        let error = DownloadError::Status {
            host: host(),
            status,
            retry_after: None,
        };
        let reason = of_fetch(&FetchError::Download(error.clone()));
        assert_eq!((reason.code, reason.text), (Some(code), error.to_string()));
        let facts = WhyFacts {
            host: Some(host()),
            status: Some(status),
            ..WhyFacts::default()
        };
        assert_eq!(reason.facts, facts);
    }
}

#[test]
fn reason_of_a_download_names_what_happened_and_says_it_as_the_error_does() {
    let cases = [
        (
            DownloadError::Redirect {
                host: host(),
                reason: BadSourceUrl::Http,
            },
            Code::RedirectToHttp,
        ),
        (
            DownloadError::Redirect {
                host: host(),
                reason: BadSourceUrl::Scheme,
            },
            Code::RedirectRefused,
        ),
        (DownloadError::TooManyRedirects(5), Code::TooManyRedirects),
        (
            DownloadError::NotPublic {
                host: host(),
                special: Special::Private,
            },
            Code::HostNotPublic,
        ),
        (DownloadError::UnknownHost(host()), Code::HostUnknown),
        (DownloadError::NameServers(host()), Code::NameServersSilent),
        (
            DownloadError::Unreached {
                host: host(),
                unreached: Unreached::Tls,
            },
            Code::TlsFailed,
        ),
        (
            DownloadError::Certificate {
                host: host(),
                fault: CertificateFault::Expired,
            },
            Code::CertificateExpired,
        ),
        (
            DownloadError::TimedOut {
                host: host(),
                waiting: Waiting::Total,
            },
            Code::DownloadTimedOut,
        ),
        (DownloadError::TooLarge(1 << 20), Code::ListTooLarge),
        (DownloadError::CutOff(host()), Code::CutOff),
        (DownloadError::NotAList(NotAList::Html), Code::ListWebPage),
    ];
    for (error, code) in cases {
        let reason = of_download(&error);
        assert_eq!((reason.code, reason.text), (Some(code), error.to_string()));
    }
}

#[test]
fn reason_of_what_cannot_be_read_has_its_limit_its_count_or_what_was_said() {
    let large = of_fetch(&FetchError::Parse(ParseError::TooLarge(64)));
    assert_eq!(
        (large.code, large.facts.limit),
        (Some(Code::ListTooLarge), Some(64))
    );
    let torn = std::io::Error::other("corrupt deflate stream");
    let unread = of_fetch(&FetchError::Parse(ParseError::Read(torn)));
    assert_eq!(unread.code, Some(Code::ListUnreadable));
    assert_eq!(
        unread.facts.detail.as_deref(),
        Some("corrupt deflate stream")
    );
    let none = of_fetch(&FetchError::NoAddresses { junk: 12 });
    assert_eq!(
        (none.code, none.facts.count),
        (Some(Code::ListNotUnderstood), Some(12))
    );
}

#[test]
fn reason_of_a_place_inside_has_the_kind_of_its_address() {
    let reason = of_download(&DownloadError::NotPublic {
        host: host(),
        special: Special::Metadata,
    });
    assert_eq!(reason.facts.name.as_deref(), Some("metadata"));
}
