//! What ordinary use leaves in the logs.

use std::net::IpAddr;

use fastrand::Rng;

use super::{
    AUTH, Clock, Draft, ERROR, FOREIGN, HOST, MAIL, MAIL_DOMAIN, SITE, access, draft, own_address,
    pick, pid, port, session, syslog,
};

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

const PAGES: &[&str] = &[
    "/",
    "/about",
    "/blog/",
    "/blog/a-quiet-week",
    "/contact",
    "/products?page=2",
    "/search?q=lamp",
];

const BROWSERS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
];
