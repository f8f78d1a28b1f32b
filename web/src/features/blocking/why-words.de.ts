import type { SayWhy, WhyFacts, WhyWords } from './why-words'

// Sentences that others go on with, in words of their own, have no full stop.

const MIB = 2 ** 20
const LATER = 'Es wird später noch einmal versucht.'
const LOOK = 'Nachsehen, ob die Adresse der Liste stimmt.'
const PUBLISHED = 'Nachsehen, wo die Liste jetzt veröffentlicht wird.'

const number = (value: number | null | undefined) =>
  value === null || value === undefined ? '?' : new Intl.NumberFormat('de').format(value)
const host = ({ host: name }: WhyFacts) => name ?? 'Der Server'
const name = ({ name: called }: WhyFacts) => called ?? '?'

/** About a host that is named first. */
const at =
  (rest: string): SayWhy =>
  (facts) =>
    `${host(facts)} ${rest}`
const certificate =
  (rest: string): SayWhy =>
  (facts) =>
    `Das Zertifikat von ${host(facts)} ${rest}. Wer antwortet, ist also nicht bekannt, und nichts wurde geholt. Das muss der Herausgeber beheben.`
const status =
  (rest: string): SayWhy =>
  (facts) =>
    `${host(facts)} antwortet mit ${facts.status ?? '?'}: ${rest}`
const plain =
  (text: string): SayWhy =>
  () =>
    text

/** Addresses that no machine of the public internet has. */
const KINDS: Readonly<Record<string, string>> = {
  unspecified: 'eine unbestimmte Adresse',
  loopback: 'eine Adresse dieser Maschine selbst',
  private: 'eine private Adresse',
  shared: 'eine Adresse zwischen Anbieter und Kunden',
  linkLocal: 'eine Adresse, die nur auf einer Leitung gilt',
  metadata: 'die Adresse, unter der eine Cloud Geheimnisse verrät',
  documentation: 'eine Adresse für Beispiele',
  benchmark: 'eine Adresse für Messungen',
  multicast: 'eine Gruppenadresse',
  broadcast: 'eine Adresse für alle zugleich',
  translated: 'eine Adresse, in der eine von IPv4 steckt',
  reserved: 'eine reservierte Adresse',
}

const URLS: WhyWords = {
  'url-invalid': plain('Das ist keine URL. Zu schreiben wie https://lists.example.org/bad.txt'),
  'url-too-long': plain('Die URL ist zu lang.'),
  'url-scheme': plain('Nur Listen unter https:// können geholt werden.'),
  'url-http': plain(
    'Die URL beginnt mit http://, was jeder unterwegs verändern kann. https:// verwenden oder http für diese Liste erlauben.',
  ),
  'url-no-host': plain('Die URL nennt keinen Rechner.'),
  'url-credentials': plain('Die URL enthält einen Benutzernamen oder ein Passwort. Beides weglassen.'),
  'url-fragment': plain('Die URL hat einen Teil hinter #, den eine Liste nicht hat. Ihn weglassen.'),
  'url-port': plain('Die URL nennt Port 0, wo nichts sein kann.'),
}

const DOWNLOADS: WhyWords = {
  'redirect-to-http': at(
    'leitet auf http:// weiter, was jeder unterwegs verändern kann. Dem wird nicht gefolgt. http für diese Liste erlauben oder nachsehen, wo sie jetzt veröffentlicht wird.',
  ),
  'redirect-refused': at(`leitet an eine Stelle weiter, der nicht gefolgt wird. ${PUBLISHED}`),
  'redirect-inside': (facts) =>
    `${host(facts)} ist ein interner Rechner, und ein anderer leitet dorthin weiter. Dem wird nicht gefolgt. Die eigene URL der Liste angeben.`,
  'too-many-redirects': ({ limit }) => `Der Server leitet mehr als ${number(limit)}-mal weiter. ${PUBLISHED}`,
  'host-not-public': (facts) =>
    `${host(facts)} hat ${KINDS[facts.name ?? ''] ?? 'keine öffentliche Adresse'}, und von dort wird keine Liste geholt. Ist das so gemeint, den Rechner mit seinem Namen in den Einstellungen erlauben.`,
  'host-unknown': (facts) => `Zu ${host(facts)} ist keine Adresse bekannt. Nachsehen, ob der Name des Rechners stimmt.`,
  'name-servers-silent': (facts) =>
    `Die Nameserver nennen die Adresse von ${host(facts)} nicht. Nachsehen, ob die Nameserver dieser Maschine arbeiten.`,
  'connection-refused': at(`nimmt keine Verbindungen an. ${LATER}`),
  'host-unreachable': at(`ist von dieser Maschine aus nicht zu erreichen. ${LATER}`),
  'connection-ended': at(`beendet Verbindungen, bevor sie zustande kommen. ${LATER}`),
  'tls-failed': at(`spricht HTTPS nicht so, wie es sein sollte. ${LATER}`),
  'connection-failed': at(`nimmt keine Verbindung auf. ${LATER}`),
  'certificate-expired': certificate('ist abgelaufen'),
  'certificate-not-yet': certificate('gilt noch nicht'),
  'certificate-other-name': certificate('ist auf einen anderen Namen ausgestellt'),
  'certificate-untrusted': certificate('stammt von einer Stelle, der diese Maschine nicht vertraut'),
  'certificate-revoked': certificate('wurde zurückgezogen'),
  'certificate-invalid': certificate('ist nicht gültig'),
  'connect-timed-out': at(`hat zu lange gebraucht: Es kam keine Verbindung zustande. ${LATER}`),
  'idle-timed-out': at(`hat zu lange gebraucht: Eine Weile kam nichts. ${LATER}`),
  'download-timed-out': at(`hat zu lange gebraucht: Die Liste kam nicht zu ihrem Ende. ${LATER}`),
  'status-forbidden': status(
    'Die Liste ist nicht für alle, oder nicht für diese Maschine. Die Bedingungen des Herausgebers ansehen.',
  ),
  'status-gone': status(`Die Liste gibt es dort nicht mehr. ${PUBLISHED}`),
  'status-too-often': status(
    'Es wurde zu oft gefragt. Später wird noch einmal gefragt; einen längeren Abstand wählen.',
  ),
  'status-fault': status('Der Herausgeber hat eine Störung. Später wird noch einmal gefragt.'),
  'status-other': status(`Das ist keine Liste. ${LOOK}`),
  'not-http': at(`antwortet nicht wie ein Webserver. ${LOOK}`),
  'encoding-unread': at('schickt die Liste auf eine Art gepackt, die nicht gelesen wird; nur gzip wird es.'),
  'too-many-headers': at('schickt mehr Kopfzeilen, als eine Liste braucht. Nichts wurde geholt.'),
  'cut-off': (facts) => `Die Verbindung zu ${host(facts)} endete vor der Liste. Nichts davon wurde behalten. ${LATER}`,
  'no-https': plain(
    'HTTPS lässt sich auf dieser Maschine nicht verwenden. Nachsehen, ob ihre CA-Zertifikate installiert sind.',
  ),
}

const LISTS: WhyWords = {
  'list-too-large': ({ limit }) =>
    `Die Liste ist größer als ${limit ? number(Math.floor(limit / MIB)) : '?'} MiB. Nichts davon wurde behalten.`,
  'list-nothing': plain(`Es kam nichts, wo eine Liste sein sollte. ${LOOK}`),
  'list-web-page': plain(
    'Es kam eine Webseite, wo eine Liste sein sollte: Oft bittet sie um eine Anmeldung oder sagt, dass die Liste umgezogen ist. Die URL im Browser öffnen und nachsehen.',
  ),
  'list-packed': plain(
    'Es kam eine gepackte Datei, die nicht gelesen wird: nur reiner Text und gzip werden es. Nachsehen, ob der Herausgeber eines davon hat.',
  ),
  'list-binary': plain(`Es kam eine Datei, die kein Text ist, also keine Liste. ${LOOK}`),
  'list-too-many-networks': ({ limit }) =>
    `Die Liste hat mehr als ${number(limit)} Netze. Nichts davon wurde behalten.`,
  'list-unreadable': plain('Die Liste lässt sich nicht lesen oder entpacken'),
  'list-not-understood': ({ count }) =>
    `Es steht keine Adresse darin: ${count === 1 ? '1 Zeile wurde' : `${number(count)} Zeilen wurden`} nicht verstanden. Nachsehen, ob die Adresse die einer Liste ist.`,
  'list-empty': plain('Die Liste ist leer.'),
  ended: plain('Die Arbeit wurde beendet, bevor sie getan war.'),
}

const JAILS: WhyWords = {
  'jail-name-unusable': (facts) => `${name(facts)} kann in einer Datei nicht der Name eines Jails sein.`,
  'jail-of-another': (facts) =>
    `${name(facts)} ist ein eigenes Jail und nicht für Listen gemacht. Einen anderen Namen wählen.`,
  'jail-not-found': (facts) => `Ein Jail ${name(facts)} gibt es nicht.`,
  'jail-not-running': (facts) => `Das Jail ${name(facts)} läuft nicht.`,
  'configuration-failed': plain('Die Konfiguration von fail2ban ließ sich nicht lesen oder ändern'),
  'reload-unsafe': plain('Die Konfiguration lässt sich nicht laden, ohne dass ein Jail verloren geht.'),
  'guard-blind': plain('Welche Adressen diese Maschine braucht, konnte nicht gelesen werden'),
  'client-program': plain('fail2ban-client ließ sich nicht ausführen'),
  'daemon-socket-missing': plain('fail2ban ist nicht zu erreichen: Sein Socket ist nicht da'),
  'daemon-no-permission': plain('fail2ban ist nicht zu erreichen: BanGUI darf seinen Socket nicht öffnen'),
  'daemon-refused': plain('fail2ban ist nicht zu erreichen: An seinem Socket lauscht niemand'),
  'daemon-not-answering': plain('fail2ban ist nicht zu erreichen: Es antwortet nicht'),
  'daemon-protocol': plain('fail2ban ist nicht zu erreichen: Was antwortet, spricht sein Protokoll nicht'),
  'daemon-rejected': plain('fail2ban hat es abgelehnt'),
}

const FIREWALL: WhyWords = {
  'firewall-off': plain('BANGUI_FIREWALL steht auf off.'),
  'firewall-none': plain('BanGUI wurde ohne Firewall gestartet.'),
  'firewall-not-in-lab': plain('Das Labor hat hier keine eigene Firewall.'),
  'firewall-missing': plain('Weder nftables noch ipset mit iptables lässt sich hier verwenden'),
  'program-absent': (facts) => `${name(facts)} ist nicht installiert.`,
  'program-failed': (facts) => `${name(facts)} ließ sich nicht ausführen oder nicht verstehen`,
  'program-too-slow': (facts) => `${name(facts)} brauchte länger als ${number(facts.limit)} s.`,
  'program-refused': (facts) => `${name(facts)} hat es abgelehnt`,
  'kernel-refused': plain('Der Kernel hat es abgelehnt, oder er war nicht zu verstehen'),
  'rules-contended': ({ count }) =>
    `Andere haben die Regeln währenddessen geändert, ${number(count)}-mal hintereinander.`,
  'not-held': plain('Der Kernel hält nicht, was ihm gesagt wurde'),
  'table-missing': plain('Die Tabelle ist nicht da.'),
  'table-foreign': (facts) =>
    `Die Tabelle inet ${name(facts)} hat jemand anderes angelegt; BanGUI rührt sie nicht an. Sie umbenennen, oder entfernen: nft delete table inet ${name(facts)}`,
  'table-asleep': plain('Die Tabelle ist stillgelegt.'),
  'chain-changed': (facts) => `Die Kette ${name(facts)} fehlt oder ist verändert.`,
  'rules-changed': (facts) => `Die Regeln der Kette ${name(facts)} sind verändert.`,
  'set-changed': (facts) => `Das Set ${name(facts)} fehlt oder ist verändert.`,
  'allowed-missing': ({ count }) => `Von den Netzen, die durchgelassen werden, fehlen ${number(count)}.`,
  'allowed-excess': ({ count }) => `Von den Netzen, die durchgelassen werden, sind ${number(count)} zu viel.`,
  'set-unread': (facts) => `${name(facts)} lässt sich nicht lesen`,
  'set-not-in-force': (facts) => `Keine Regel verwirft nach ${name(facts)}.`,
  'banned-let-through': plain('Was gesperrt ist, lässt eine andere Regel durch.'),
  'jail-set-not-found': plain(
    'Kein Set und keine Kette dieses Jails wurde gefunden. Vielleicht verwenden seine Aktionen die Firewall nicht.',
  ),
  'bans-lost': ({ count }) =>
    `Zum erneuten Sperren ${count === 1 ? 'wurde 1 Adresse entsperrt und ließ' : `wurden ${number(count)} Adressen entsperrt und ließen`} sich nicht wieder sperren`,
  'bans-stuck': ({ count }) =>
    `Zum Herausnehmen ${count === 1 ? 'wurde 1 Adresse gesperrt und ließ' : `wurden ${number(count)} Adressen gesperrt und ließen`} sich nicht wieder entsperren`,
  'part-unread': plain('Ein Teil der Firewall lässt sich nicht auflisten'),
}

const DOUBTS: WhyWords = {
  'depends-on-interface': plain('Es kommt auf die Schnittstelle an'),
  'depends-on-destination': plain('Es kommt auf die Zieladresse an'),
  'depends-on-source-port': plain('Es kommt auf den Quellport an'),
  'depends-on-mark': plain('Es kommt auf eine Markierung an, die etwas anderes setzt'),
  'depends-on-rate': plain('Es kommt darauf an, was vorher kam'),
  'depends-on-program': plain('Ein Programm entscheidet über jedes Paket'),
  'rule-not-understood': plain('Eine Regel hat einen Teil, der nicht verstanden wird'),
  'own-address': plain('Es ist eine Adresse dieser Maschine, und es gibt Regeln für das, was sie sendet'),
  'rules-too-many': plain('Die Regeln sind zu viele, um ihnen zu folgen'),
  'nothing-published': plain('Kein Port ist veröffentlicht'),
  'destination-translated': plain('Es geht woandershin: Sein Ziel wird übersetzt'),
}

export const words: WhyWords = { ...URLS, ...DOWNLOADS, ...LISTS, ...JAILS, ...FIREWALL, ...DOUBTS }
