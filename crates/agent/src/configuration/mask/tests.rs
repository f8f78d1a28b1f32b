use proptest::prelude::*;

use super::text;

/// What stands in a file, and what is shown of it.
const SHOWN: &[(&str, &str)] = &[
    ("password = hunter2", "password = ••••••"),
    ("# mytoken=abc", "# mytoken= ••••••"),
    (
        "cfkey = 12\n    34\nport = ssh\n",
        "cfkey = ••••••\n    ••••••\nport = ssh\n",
    ),
    (
        "action = x[user=a, abuseipdb_apikey=\"k,1\", port=\"ssh\"]",
        "action = x[user=a, abuseipdb_apikey=••••••, port=\"ssh\"]",
    ),
    (
        "    curl --password s3 -u x",
        "    curl --password •••••• -u x",
    ),
    (
        "actionban = curl -H 'Authorization: Bearer abc' https://u:p@h.example/x",
        "actionban = curl -H 'Authorization: Bearer ••••••' https://••••••@h.example/x",
    ),
    (
        "destemail = root@example.org",
        "destemail = ••••••@example.org",
    ),
    ("logpath = /var/log/auth.log", "logpath = /var/log/auth.log"),
    (
        "failregex = ^Failed password for .* from <HOST>$",
        "failregex = ^Failed password for .* from <HOST>$",
    ),
    ("maxretry = 3\r\n", "maxretry = 3\r\n"),
    ("password =", "password ="),
    ("[sshd]", "[sshd]"),
    (
        "action = x[mypassword=ab cd, url=https://<token>@h.example]",
        "action = x[mypassword=••••••, url=https://<token>@h.example]",
    ),
    ("# Authorization: Basic abc", "# Authorization: ••••••"),
    (
        "token?family=inet6 = abc\nport = 1",
        "token?family=inet6 = ••••••\nport = 1",
    ),
    (
        "token = abc\n\n# why\n    def\nport = 1",
        "token = ••••••\n\n# why\n    ••••••\nport = 1",
    ),
    (
        "# token = abc\n#    def\n# port = 1",
        "# token = ••••••\n#    ••••••\n# port = 1",
    ),
    (
        "action = x[token=\"ab\n   cd\", port=1]\nport = 1",
        "action = x[token=••••••\n   ••••••, port=1]\nport = 1",
    ),
    (
        "actionban = curl -uroot:abc \\\r\n    -H 'Key: x' --password \\\r\n    abc -v\r\n",
        "actionban = curl -u•••••• \\\r\n    -H 'Key: ••••••' --password \\\r\n    •••••• -v\r\n",
    ),
    (
        "action = x[token=\"a\\\"b\", port=1]",
        "action = x[token=••••••, port=1]",
    ),
];

#[test]
fn secrets_go_and_the_rest_stays() {
    for (line, wanted) in SHOWN {
        assert_eq!(text(line), *wanted, "{line:?}");
    }
}

/// Where a secret stands: before it, behind it, and what may stand between its parts there without ending it.
type Place = (&'static str, &'static str, &'static [&'static str]);

/// Whole values of options.
const OPTION: &[&str] = &[
    " ",
    ",",
    "]",
    "\"",
    "'",
    "\\",
    " = ",
    "\n    ",
    "\r\n\t",
    "\n\n    ",
    "\n# why\n    ",
    "\\\n    ",
];
const COMMENTED: &[&str] = &[" ", ",", "\"", "\n#     ", "\n#\t\t", "\\\n#     "];
/// Within quotes.
const QUOTED: &[&str] = &[
    " ", ",", "]", "; ", "\\\"", "\\\\", "\n    ", "\\\n    ", "\n\n    ", " x=", "://",
];
const SINGLE: &[&str] = &[
    " ", ",", "]", "; ", "\"", "\\'", "\n    ", "\\\n    ", "'\"'\"'", "'\\''",
];
const JSON: &[&str] = &[" ", ",", "]", "}", "\\\\\\\"", "\n    ", "\\\n    "];
/// In brackets without quotes.
const BRACKETS: &[&str] = &[" ", "=", "/", ";", "\n    ", "\n\n    "];
/// Words of a shell without quotes.
const WORD: &[&str] = &[
    "-", ":", "=", ",", "]", "\\ ", "\\\n    ", "\" \"", "' '", "\\\"", "\"'\"",
];
const ADDRESS: &[&str] = &["-", ":", "/", "@", "\"", ",", "\\\n    "];

const PLACES: &[Place] = &[
    ("token = ", "", OPTION),
    ("my_password: ", "", OPTION),
    ("apikey?family=inet6 = ", "", OPTION),
    ("apikey =\n    ", "", OPTION),
    ("# token = ", "", COMMENTED),
    ("action = x[a=b, token=\"", "\", port=ssh]", QUOTED),
    ("action = x[token='", "', port=ssh]", SINGLE),
    ("action = x[token=", ", port=ssh]", BRACKETS),
    ("action = x[token?family=inet6=\"", "\"]", QUOTED),
    (
        "action = y[port=1]\n    x[a=b,\n    token=\"",
        "\"]",
        QUOTED,
    ),
    ("actionban = curl -H \"X-Auth-Key: ", "\" -v", QUOTED),
    (
        "actionban = curl -H 'Authorization: Bearer ",
        "' -v",
        SINGLE,
    ),
    ("actionban = curl -d '{\"token\": \"", "\"}' -v", QUOTED),
    (
        "actionban = curl -d \"{\\\"token\\\": \\\"",
        "\\\"}\" -v",
        JSON,
    ),
    ("actionban = curl --password ", " -v", WORD),
    ("actionban = curl --password=", " -v", WORD),
    ("actionban = curl --password \\\n    ", " -v", WORD),
    ("actionban = curl --password \"", "\" -v", QUOTED),
    ("actionban = curl -u bob:", " -v", WORD),
    ("actionban = curl -ubob:", " -v", WORD),
    ("actionban = curl -sSubob:", " -v", WORD),
    ("actionban = curl -su \\\n    bob:", " -v", WORD),
    ("actionban = curl -u'bob:", "' -v", SINGLE),
    ("actionban = curl -u \"bob:", "\" -v", QUOTED),
    ("actionban = curl --user=bob:", " -v", WORD),
    ("actionban = curl --proxy-user \"bob:", "\" -v", QUOTED),
    ("actionban = curl https://bob:", "@h.example/x", ADDRESS),
    ("actionban = curl 'https://bob:", "@h.example/x'", ADDRESS),
    ("#  curl -ubob:", " -v", &["-", ":", "\\ ", "\\\n#    "]),
];

/// Lines before it that have quotes and brackets of their own.
const BEFORE: &[&str] = &[
    "",
    "# don't say \"\n",
    "[Definition]\nactionstart = echo \"it's [ open\n    and on\n",
    "actionunban = echo it's\n\n; [x\n",
    "pass = \"\n",
    "action = x[token=\"\"]\r\n",
];

const BEHIND: &[&str] = &[
    "",
    "\n",
    "\n    nft x\n",
    "\r\nport = \"ssh\"\n",
    "\n# it's \"\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    #[test]
    fn marked_secret_never_survives(
        place in prop::sample::select(PLACES),
        before in prop::sample::select(BEFORE),
        behind in prop::sample::select(BEHIND),
        between in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) {
        let (begin, end, gaps) = place;
        let mut written = format!("{before}{begin}Q0Z");
        for (number, gap) in between.iter().enumerate() {
            written.push_str(gap.get::<&str>(gaps));
            written.push_str(["Q1Z", "Q2Z"][number]);
        }
        written.extend([end, behind]);
        let masked = text(&written);
        for part in ["Q0Z", "Q1Z", "Q2Z"] {
            prop_assert!(!masked.contains(part), "{written:?}\nbecame {masked:?}");
        }
        let lines = |text: &str| text.matches('\n').count();
        prop_assert_eq!(lines(&masked), lines(&written), "{:?}", masked);
    }
}
