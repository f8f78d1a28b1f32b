//! What failed attempts leave in the logs.

use std::net::IpAddr;

use fastrand::Rng;

use super::{
    AUTH, Clock, Draft, ERROR, FOREIGN, HOST, MAIL, MAIL_DOMAIN, SITE, access, draft, own_address,
    pick, pid, port, session, syslog,
};
use crate::folder::{JailKind, RunningJail};

/// An extra jail's file is known to its jail only.
const OWN: &str = "";

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

const SCANNERS: &[&str] = &[
    "Mozilla/5.0 (compatible; scanner/1.0)",
    "python-requests/2.31.0",
    "Go-http-client/1.1",
    "curl/7.88.1",
    "-",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0.4664.110 Safari/537.36",
];
