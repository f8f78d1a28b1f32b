//! The lines that services write: what an attempt and what ordinary use leave in their logs.

use std::net::IpAddr;

use fastrand::Rng;
use jiff::ZonedDateTime;

use crate::folder::{JailKind, RunningJail};

/// How the time stands in a line. The text has `{time}` in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// `Nov  3 09:05:01`, as rsyslog writes by default: no year, no zone.
    Syslog,
    /// `2026/11/03 09:05:01`
    NginxError,
    /// `03/Nov/2026:09:05:01 +0100`
    NginxAccess,
    /// `2026-11-03 09:05:01`
    Plain,
}

/// A line whose time is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The log file, below the lab's folder.
    pub(crate) log: &'static str,
    pub(crate) clock: Clock,
    pub(crate) text: String,
    /// Whether the filter of the attacked jail matches the line.
    pub(crate) is_failure: bool,
}

impl Draft {
    pub(crate) fn at(&self, time: &ZonedDateTime) -> String {
        let format = match self.clock {
            Clock::Syslog => "%b %e %H:%M:%S",
            Clock::NginxError => "%Y/%m/%d %H:%M:%S",
            Clock::NginxAccess => "%d/%b/%Y:%H:%M:%S %z",
            Clock::Plain => "%Y-%m-%d %H:%M:%S",
        };
        self.text
            .replacen("{time}", &time.strftime(format).to_string(), 1)
    }

    fn failure(mut self) -> Self {
        self.is_failure = true;
        self
    }
}

const AUTH: &str = "logs/auth.log";
const MAIL: &str = "logs/mail.log";
const ACCESS: &str = "logs/nginx/access.log";
const ERROR: &str = "logs/nginx/error.log";
/// An extra jail's file is known to its jail only.
const OWN: &str = "";

const HOST: &str = "web1";
const SITE: &str = "www.example.org";
const MAIL_DOMAIN: &str = "example.org";

fn draft(log: &'static str, clock: Clock, text: String) -> Draft {
    Draft {
        log,
        clock,
        text,
        is_failure: false,
    }
}

fn syslog(log: &'static str, process: &str, pid: u32, text: &str) -> Draft {
    let text = format!("{{time}} {HOST} {process}[{pid}]: {text}");
    draft(log, Clock::Syslog, text)
}

fn access(client: IpAddr, user: &str, request: &str, answer: &str, agent: &str) -> Draft {
    let text = format!(r#"{client} - {user} [{{time}}] "{request}" {answer} "-" "{agent}""#);
    draft(ACCESS, Clock::NginxAccess, text)
}

/// One of a table's entries. The tables are not empty; an empty one would give an empty text.
fn pick(rng: &mut Rng, table: &[&'static str]) -> &'static str {
    rng.choice(table).copied().unwrap_or_default()
}

fn pid(rng: &mut Rng) -> u32 {
    rng.u32(1_000..4_000_000)
}

fn port(rng: &mut Rng) -> u16 {
    rng.u16(32_768..60_999)
}

/// What one failed attempt leaves in the logs; at least one of the lines is a failure for the jail's filter.
pub(crate) fn attempt(rng: &mut Rng, jail: &RunningJail, from: IpAddr) -> Vec<Draft> {
    match &jail.kind {
        JailKind::Extra(extra) => {
            let line = extra.line.replace("{address}", &from.to_string());
            vec![draft(OWN, Clock::Plain, format!("{{time}} {line}")).failure()]
        }
        JailKind::Stock(stock) => match stock.name {
            "sshd" => ssh_attempt(rng, from),
            "nginx-http-auth" => http_auth_attempt(rng, from),
            "nginx-botsearch" => scan_attempt(rng, from),
            "postfix" => relay_attempt(rng, from),
            "postfix-sasl" => sasl_attempt(rng, from),
            "dovecot" => imap_attempt(rng, from),
            // Recidive reads what the daemon writes about the others.
            _ => Vec::new(),
        },
    }
}

fn ssh_attempt(rng: &mut Rng, from: IpAddr) -> Vec<Draft> {
    let (pid, port) = (pid(rng), port(rng));
    let line = |text: String| syslog(AUTH, "sshd", pid, &text);
    let pam = "pam_unix(sshd:auth):";
    let failed = "authentication failure; logname= uid=0 euid=0 tty=ssh ruser=";
    if rng.u8(0..10) < 6 {
        let user = pick(rng, USERS);
        return vec![
            line(format!("Invalid user {user} from {from} port {port}")).failure(),
            line(format!("{pam} check pass; user unknown")),
            line(format!("{pam} {failed} rhost={from}")),
            line(format!(
                "Failed password for invalid user {user} from {from} port {port} ssh2"
            ))
            .failure(),
            line(format!(
                "Connection closed by invalid user {user} {from} port {port} [preauth]"
            )),
        ];
    }
    let user = pick(rng, &["root", "root", "root", "backup", "www-data"]);
    vec![
        line(format!("{pam} {failed} rhost={from}  user={user}")),
        line(format!(
            "Failed password for {user} from {from} port {port} ssh2"
        ))
        .failure(),
        line(format!(
            "Received disconnect from {from} port {port}:11: Bye Bye [preauth]"
        )),
        line(format!(
            "Disconnected from authenticating user {user} {from} port {port} [preauth]"
        )),
    ]
}

fn http_auth_attempt(rng: &mut Rng, from: IpAddr) -> Vec<Draft> {
    let user = pick(rng, USERS);
    let path = pick(rng, &["/admin/", "/private/", "/status/", "/grafana/"]);
    let reason = if rng.bool() {
        "password mismatch".to_owned()
    } else {
        r#"was not found in "/etc/nginx/.htpasswd""#.to_owned()
    };
    let colon = if reason.starts_with('p') { ":" } else { "" };
    let (worker, connection) = (rng.u32(700..900), rng.u32(10_000..900_000));
    let error = format!(
        r#"{{time}} [error] {worker}#{worker}: *{connection} user "{user}"{colon} {reason}, client: {from}, server: {SITE}, request: "GET {path} HTTP/1.1", host: "{SITE}""#
    );
    vec![
        draft(ERROR, Clock::NginxError, error).failure(),
        access(
            from,
            user,
            &format!("GET {path} HTTP/1.1"),
            "401 179",
            pick(rng, SCANNERS),
        ),
    ]
}

fn scan_attempt(rng: &mut Rng, from: IpAddr) -> Vec<Draft> {
    let agent = pick(rng, SCANNERS);
    let method = pick(rng, &["GET", "GET", "POST", "HEAD"]);
    let wanted = pick(rng, SCANNED);
    let mut lines = vec![
        access(
            from,
            "-",
            &format!("{method} {wanted} HTTP/1.1"),
            "404 153",
            agent,
        )
        .failure(),
    ];
    if rng.u8(0..3) == 0 {
        let other = pick(
            rng,
            &[
                "/.env",
                "/.git/config",
                "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
                "/actuator/health",
            ],
        );
        lines.push(access(
            from,
            "-",
            &format!("GET {other} HTTP/1.1"),
            "404 153",
            agent,
        ));
    }
    lines
}

fn relay_attempt(rng: &mut Rng, from: IpAddr) -> Vec<Draft> {
    let pid = pid(rng);
    let line = |text: String| syslog(MAIL, "postfix/smtpd", pid, &text);
    let sender = format!("{}@{}", pick(rng, USERS), pick(rng, FOREIGN));
    let (to, reason) = match rng.u8(0..3) {
        0 => {
            let to = format!("{}@{}", pick(rng, USERS), pick(rng, FOREIGN));
            let reason = format!("554 5.7.1 <{to}>: Relay access denied");
            (to, reason)
        }
        1 => {
            let to = format!("{}@{MAIL_DOMAIN}", pick(rng, USERS));
            let reason = format!(
                "550 5.1.1 <{to}>: Recipient address rejected: User unknown in local recipient table"
            );
            (to, reason)
        }
        _ => {
            let to = format!("info@{MAIL_DOMAIN}");
            let reason = format!(
                "450 4.7.1 Client host rejected: cannot find your reverse hostname, [{from}]"
            );
            (to, reason)
        }
    };
    let helo = pick(
        rng,
        &[
            "User",
            "localhost",
            "ylmf-pc",
            "mail.example.net",
            "WIN-CLJ1B0GQ6JP",
        ],
    );
    vec![
        line(format!("connect from unknown[{from}]")),
        line(format!("NOQUEUE: reject: RCPT from unknown[{from}]: {reason}; from=<{sender}> to=<{to}> proto=ESMTP helo=<{helo}>")).failure(),
        line(format!("disconnect from unknown[{from}] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4")),
    ]
}

fn sasl_attempt(rng: &mut Rng, from: IpAddr) -> Vec<Draft> {
    let pid = pid(rng);
    let line = |text: String| syslog(MAIL, "postfix/smtpd", pid, &text);
    let (method, answer) = if rng.bool() {
        ("LOGIN", "UGFzc3dvcmQ6")
    } else {
        ("PLAIN", "")
    };
    vec![
        line(format!("connect from unknown[{from}]")),
        line(format!(
            "warning: unknown[{from}]: SASL {method} authentication failed: {answer}"
        ))
        .failure(),
        line(format!(
            "disconnect from unknown[{from}] ehlo=1 auth=0/1 quit=1 commands=2/3"
        )),
    ]
}

fn imap_attempt(rng: &mut Rng, from: IpAddr) -> Vec<Draft> {
    let user = format!("{}@{MAIL_DOMAIN}", pick(rng, USERS));
    let session = session(rng);
    let login = pick(rng, &["imap-login", "imap-login", "pop3-login"]);
    let secs = rng.u8(2..9);
    let own = own_address(from);
    let text = |text: &str| format!("{{time}} {HOST} dovecot: {text}");
    let gone = text(&format!(
        "{login}: Disconnected: Connection closed (auth failed, 1 attempts in {secs} secs): user=<{user}>, method=PLAIN, rip={from}, lip={own}, TLS, session=<{session}>"
    ));
    let mut lines = Vec::new();
    if rng.bool() {
        let worker = pid(rng);
        let unknown = text(&format!(
            "auth-worker({worker}): pam({user},{from},<{session}>): unknown user"
        ));
        lines.push(draft(MAIL, Clock::Syslog, unknown).failure());
    }
    lines.push(draft(MAIL, Clock::Syslog, gone).failure());
    lines
}

/// The server's own address of the same family, from the ranges for documentation.
fn own_address(other: IpAddr) -> &'static str {
    if other.is_ipv4() {
        "192.0.2.25"
    } else {
        "2001:db8::25"
    }
}

fn session(rng: &mut Rng) -> String {
    (0..16).map(|_| rng.alphanumeric()).collect()
}

/// What ordinary use leaves in the logs: nothing that any of the filters calls a failure.
pub(crate) fn noise(rng: &mut Rng) -> Vec<Draft> {
    match rng.u8(0..10) {
        0 => ssh_login(rng),
        1 => cron(rng),
        2 => mail_delivery(rng),
        3 => imap_login(rng),
        4 => nginx_warning(rng),
        _ => request(rng),
    }
}

fn ssh_login(rng: &mut Rng) -> Vec<Draft> {
    let (pid, port) = (pid(rng), port(rng));
    let (user, from) = (pick(rng, &["deploy", "anna", "ops"]), visitor(rng));
    let key = session(rng);
    let id = rng.u16(100..9_999);
    let line = |text: String| syslog(AUTH, "sshd", pid, &text);
    vec![
        line(format!(
            "Accepted publickey for {user} from {from} port {port} ssh2: ED25519 SHA256:{key}"
        )),
        line(format!(
            "pam_unix(sshd:session): session opened for user {user}(uid=1000) by (uid=0)"
        )),
        syslog(
            AUTH,
            "systemd-logind",
            712,
            &format!("New session {id} of user {user}."),
        ),
        line(format!(
            "pam_unix(sshd:session): session closed for user {user}"
        )),
    ]
}

fn cron(rng: &mut Rng) -> Vec<Draft> {
    let pid = pid(rng);
    let user = pick(rng, &["root", "www-data"]);
    [
        "opened for user {user}(uid=0) by (uid=0)",
        "closed for user {user}",
    ]
    .map(|what| what.replace("{user}", user))
    .map(|what| {
        syslog(
            AUTH,
            "CRON",
            pid,
            &format!("pam_unix(cron:session): session {what}"),
        )
    })
    .into()
}

fn mail_delivery(rng: &mut Rng) -> Vec<Draft> {
    let (pid, size) = (pid(rng), rng.u32(900..90_000));
    let id: String = (0..10)
        .map(|_| rng.digit(16).to_ascii_uppercase())
        .collect();
    let to = pick(rng, &["anna", "info", "ops"]);
    let from = pick(rng, FOREIGN);
    let client = visitor(rng);
    let line = |process: &str, text: String| syslog(MAIL, process, pid, &text);
    vec![
        line("postfix/smtpd", format!("connect from mx.{from}[{client}]")),
        line("postfix/smtpd", format!("{id}: client=mx.{from}[{client}]")),
        line(
            "postfix/cleanup",
            format!("{id}: message-id=<{}@{from}>", session(rng)),
        ),
        line(
            "postfix/qmgr",
            format!("{id}: from=<news@{from}>, size={size}, nrcpt=1 (queue active)"),
        ),
        line(
            "postfix/smtpd",
            format!(
                "disconnect from mx.{from}[{client}] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"
            ),
        ),
        line(
            "postfix/local",
            format!(
                "{id}: to=<{to}@{MAIL_DOMAIN}>, relay=local, delay=0.4, delays=0.3/0/0/0.1, dsn=2.0.0, status=sent (delivered to mailbox)"
            ),
        ),
    ]
}

fn imap_login(rng: &mut Rng) -> Vec<Draft> {
    let user = pick(rng, &["anna", "info", "ops"]);
    let (from, session, child) = (visitor(rng), session(rng), pid(rng));
    let own = own_address(from);
    [
        format!("imap-login: Login: user=<{user}@{MAIL_DOMAIN}>, method=PLAIN, rip={from}, lip={own}, mpid={child}, TLS, session=<{session}>"),
        format!("imap({user}@{MAIL_DOMAIN})<{child}><{session}>: Disconnected: Logged out in=312 out=4711 deleted=0 expunged=0"),
    ]
    .map(|text| draft(MAIL, Clock::Syslog, format!("{{time}} {HOST} dovecot: {text}")))
    .into()
}

fn nginx_warning(rng: &mut Rng) -> Vec<Draft> {
    let (worker, connection) = (rng.u32(700..900), rng.u32(10_000..900_000));
    let from = visitor(rng);
    let text = format!(
        r#"{{time}} [warn] {worker}#{worker}: *{connection} an upstream response is buffered to a temporary file /var/cache/nginx/proxy_temp/1/00/0000000001 while reading upstream, client: {from}, server: {SITE}, request: "GET /download HTTP/1.1", upstream: "http://127.0.0.1:8080/download", host: "{SITE}""#
    );
    vec![draft(ERROR, Clock::NginxError, text)]
}

fn request(rng: &mut Rng) -> Vec<Draft> {
    let (from, agent) = (visitor(rng), pick(rng, BROWSERS));
    let first = pick(rng, PAGES);
    let size = rng.u32(300..60_000);
    let answer = if rng.u8(0..8) == 0 {
        "304 0".to_owned()
    } else {
        format!("200 {size}")
    };
    let mut lines = vec![access(
        from,
        "-",
        &format!("GET {first} HTTP/2.0"),
        &answer,
        agent,
    )];
    for part in ["/assets/site.css", "/assets/site.js"] {
        if rng.bool() {
            lines.push(access(
                from,
                "-",
                &format!("GET {part} HTTP/2.0"),
                "200 8412",
                agent,
            ));
        }
    }
    if rng.u8(0..20) == 0 {
        lines.push(access(
            from,
            "-",
            "GET /favicon.ico HTTP/2.0",
            "404 153",
            agent,
        ));
    }
    lines
}

/// A harmless visitor, from the ranges for documentation: never one of the attackers.
fn visitor(rng: &mut Rng) -> IpAddr {
    match rng.u8(1..=254) {
        last @ 1..200 => [198, 51, 100, last].into(),
        last => [0x2001, 0xdb8, 0, 7, 0, 0, 0, u16::from(last)].into(),
    }
}

const USERS: &[&str] = &[
    "admin",
    "test",
    "user",
    "ubuntu",
    "oracle",
    "postgres",
    "git",
    "guest",
    "ftpuser",
    "pi",
    "mysql",
    "hadoop",
    "info",
    "sales",
    "support",
    "office",
    "jenkins",
    "minecraft",
    "steam",
    "es",
    "nagios",
    "debian",
    "odoo",
    "dev",
];

const FOREIGN: &[&str] = &[
    "example.com",
    "example.net",
    "mailer.example.com",
    "news.example.net",
];

const SCANNED: &[&str] = &[
    "/wp-login.php",
    "/wp-login.php?action=register",
    "/wp-signup.php",
    "/wp-admin.php",
    "/phpmyadmin/index.php",
    "/phpMyAdmin/",
    "/pma/index.php",
    "/myadmin/",
    "/admin/pma/",
    "/xampp/phpmyadmin/",
    "/mysqladmin/",
    "/cgi-bin/luci/;stok=/locale",
    "/cgi-bin/test-cgi",
    "/roundcube/",
    "/webmail/",
    "/horde/login.php",
];

const PAGES: &[&str] = &[
    "/",
    "/about",
    "/blog/",
    "/blog/a-quiet-week",
    "/contact",
    "/products?page=2",
    "/search?q=lamp",
];

const SCANNERS: &[&str] = &[
    "Mozilla/5.0 (compatible; scanner/1.0)",
    "python-requests/2.31.0",
    "Go-http-client/1.1",
    "curl/7.88.1",
    "-",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0.4664.110 Safari/537.36",
];

const BROWSERS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
];
