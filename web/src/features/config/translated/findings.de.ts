import type { FindingWords, Found } from './words'

// What findings say, by their code. A test tells when one is missing or too much.

type Says = FindingWords['says']

/** Says all that the English detail says. */
const all = (says: Says): FindingWords => ({ says, detail: 'none' })
/** The English detail knows more, such as the place within the value. */
const more = (says: Says): FindingWords => ({ says, detail: 'folded' })
/** The English detail is what somebody else says, and what counts. */
const quoted = (says: Says): FindingWords => ({ says, detail: 'shown' })

const named = ({ option }: Found, before: string, behind: string) =>
  option ? `${before} ${option} ${behind}` : `${before} ${behind}`

/** What is true until fail2ban is restarted, by the setting. */
const RESTART: Readonly<Record<string, string>> = {
  dbfile:
    'fail2ban öffnet eine andere Datenbank erst, wenn es startet. Bis zum Neustart behält es die alte, und das Neuladen aller Jails scheitert; geschieht es mit fail2ban-client, enden alle Jails.',
  socket:
    'fail2ban lauscht an einem anderen Socket erst, wenn es startet. Bis zum Neustart erreicht fail2ban-client es nicht, und danach muss Programmen, die den alten Socket kennen, auch BanGUI, der neue gesagt werden.',
  pidfile: 'fail2ban schreibt seine Prozessnummer erst in eine andere Datei, wenn es startet: fail2ban neu starten.',
  stacksize:
    'Threads, die laufen, behalten ihren Stapelspeicher: fail2ban neu starten, damit alle die neue Größe bekommen.',
  logtarget:
    'fail2ban liest die Parameter eines Logziels nur, wenn es dieses öffnet, und dasselbe öffnet es nicht noch einmal: fail2ban neu starten.',
  syslogsocket: 'fail2ban schreibt weiter in den Socket des Systemlogs, den es geöffnet hat: fail2ban neu starten.',
}

export const FINDINGS: Record<string, FindingWords> = {
  // Names and values.
  'unknown-option': all((found) =>
    named(found, 'Die Option', 'kennt fail2ban nicht, und nichts verwendet sie: Sie hat keine Wirkung.'),
  ),
  'bad-boolean': all('Das ist weder Ja noch Nein, und fail2ban nimmt es als Nein. true oder false schreiben.'),
  'bad-integer': more('Hier muss eine ganze Zahl stehen.'),
  'out-of-range': more('Die Zahl ist zu klein.'),
  'bad-time': more('Das ist keine Zeit, die fail2ban versteht. Zu schreiben als 600, 10m oder 1d 12h.'),
  'odd-time': more('Diese Zeit bewirkt hier nichts Sinnvolles.'),
  'evaluated-time': all('fail2ban wertet diesen Ausdruck als root aus. Die Zeit stattdessen als Zahl schreiben.'),
  'unknown-word': more('Dieses Wort gehört nicht zu denen, die fail2ban hier kennt.'),
  'bad-port': more('Das ist kein Port. Namen oder Nummern mit Kommas dazwischen schreiben, Bereiche als 6000:6010.'),
  'bad-address': more('Ein Eintrag ist weder Adresse noch Netz noch Rechnername und schützt daher niemanden.'),
  'host-name-ignored': more(
    'Ein Rechnername wird jedes Mal nachgeschlagen: Wer für ihn antwortet, bestimmt, wer ausgenommen ist. Sicherer ist eine Adresse.',
  ),
  'bad-path': more('Ein Pfad muss mit / beginnen.'),
  'unknown-encoding': all('Diese Zeichenkodierung kennt Python vielleicht nicht. Üblich sind auto, utf-8 und latin-1.'),
  'bad-time-zone': all('Das ist keine Zeitzone, die fail2ban nimmt. Zu schreiben als UTC, UTC+0200 oder GMT-0100.'),
  'bad-multipliers': all('Hier müssen ganze Zahlen mit je einem Leerzeichen dazwischen stehen, etwa 1 2 4 8 16.'),
  'cache-without-key': all(
    'Der Zwischenspeicher braucht mindestens einen Schlüssel: key="<ip>", max-count=100, max-time=5m.',
  ),
  'bad-parameters': more('Das ist kein Name mit Parametern. Zu schreiben als name[a=1, b="x, y"].'),
  'filter-missing': more('Diesen Filter gibt es nicht. Einen vorhandenen nennen oder ihn anlegen.'),
  'action-missing': more('Eine der Aktionen gibt es nicht. Eine vorhandene nennen oder sie anlegen.'),
  'duplicate-action': more('Eine Aktion kommt zweimal vor. Einer davon einen anderen actname geben.'),
  'forbidden-character': more('Ein Zeichen darf in diesem Wert nicht vorkommen.'),
  'percent-sign': all('Ein Prozentzeichen muss als %% geschrieben werden.'),
  'several-lines': all('Dieser Wert hat nur eine Zeile.'),
  'hidden-line': more('Eine Zeile würde als Kommentar oder als Abschnitt gelesen.'),
  'bad-name': more('Dieser Name ist nicht möglich. Einen anderen wählen.'),
  'name-clash': more('Diesen Namen gibt es schon, vielleicht mit anderer Groß- und Kleinschreibung.'),
  'long-name': all('Der Name hat mehr als 25 Zeichen und passt nicht in die Namen mancher Firewalls.'),

  // Expressions.
  'bad-regex': more('Das ist kein regulärer Ausdruck.'),
  'regex-without-host': more(
    'Nichts im Ausdruck sagt, wer gesperrt wird. <HOST>, <ADDR> oder <F-ID>…</F-ID> dorthin setzen, wo die Adresse steht.',
  ),
  'regex-unanchored': more(
    'Der Ausdruck kann überall in einer Zeile beginnen: Wer ins Log schreiben kann, etwa durch einen Benutzernamen, kann andere sperren lassen. Mit ^ beginnen.',
  ),
  'regex-forgeable': more(
    'Frei wählbarer Text in einer Zeile kann andere sperren lassen. Genau angeben, was dort stehen darf, und mit $ enden.',
  ),
  'regex-slow': more(
    'Wiederholungen in Wiederholungen passen auf vielerlei Weise auf denselben Text: Eine einzige Zeile kann den Daemon endlos beschäftigen.',
  ),
  'no-failregex': all('Es gibt keinen failregex, also wird nichts gefunden.'),

  // Files and jails as a whole.
  refused: quoted('fail2ban lehnt die Konfiguration ab.'),
  'file-skipped': more('fail2ban übergeht diese Datei.'),
  'file-unreadable': all(
    'BanGUI darf diese Datei nicht lesen, daher ist hier nicht bekannt, was sie festlegt; fail2ban liest sie als root. Dem Benutzer, unter dem BanGUI läuft, das Leserecht geben.',
  ),
  'bad-line': more('Diese Zeile kann fail2ban nicht lesen.'),
  'not-utf8': all(
    'Sie enthält Bytes, die kein UTF-8 sind: fail2ban kann die Datei nicht lesen, und sie kann hier nicht bearbeitet werden. Auf der Maschine umwandeln, etwa mit iconv.',
  ),
  'log-missing': more('Eine Logdatei, die das Jail lesen soll, ist nicht da. Den logpath prüfen.'),
  'reads-journal': all('Keine seiner Logdateien ist da, deshalb liest das Jail das Journal.'),
  'no-filter': all('Kein Filter ist angegeben, also findet das Jail keine Fehlversuche.'),
  'no-action': all('Keine Aktion ist angegeben, also bewirkt eine Sperre nichts.'),
  'increment-without-database': all(
    'Sperren können nicht wachsen, solange fail2ban keine Datenbank hat (dbfile = None).',
  ),
  part: more('Das ist ein Teil, den andere Dateien einbinden, und für sich allein nichts.'),
  broken: quoted('fail2ban kann das nicht laden.'),

  // A change.
  'client-refuses': quoted('Das Programm fail2ban-client nimmt die Konfiguration so nicht an.'),
  'broken-jail': quoted('fail2ban lässt dieses Jail aus, weil es sich nicht lesen lässt.'),
  'daemon-refuses': quoted('Der Daemon nimmt das nicht an.'),
  'daemon-hangs': more(
    'fail2ban antwortet nicht, also ließe sich nichts nachprüfen. Warten oder fail2ban neu starten.',
  ),
  'daemon-down': more(
    'fail2ban läuft nicht und kann die Änderung nicht ausprobieren; es übernimmt sie, wenn es startet.',
  ),
  'socket-elsewhere': all(
    'BanGUI spricht mit fail2ban über den jetzigen Socket und verlöre es, sobald es mit einem anderen neu startet. Den Socket von Hand in den Dateien ändern, fail2ban neu starten und BanGUI den neuen nennen.',
  ),
  'changed-outside': all(
    'Diese Datei wurde außerhalb von BanGUI geändert. Wenn fail2ban sie nicht schon geladen hat, gilt das mit dieser Änderung auch; die Versionen zeigen, was geändert wurde.',
  ),
  'read-only': more('Der Ordner der Konfiguration kann nicht geschrieben werden.'),
  'takes-restart': all(({ option }) => RESTART[option ?? ''] ?? 'Das gilt erst, wenn fail2ban neu gestartet ist.'),
  'log-not-checked': more('Der Filter konnte nicht auf dem Log ausprobiert werden.'),
  'bad-log-target': more('Dorthin darf fail2ban sein Log nicht schreiben. Ein anderes Ziel wählen.'),

  // fail2ban's own log.
  'log-target-unknown': all(
    'fail2ban antwortet nicht, und seine Konfiguration sagt nicht, wohin es sein Log schreibt.',
  ),
  'log-target-other': all('Das ist keine lesbare Datei. logtarget auf eine Datei setzen, um das Log hier zu sehen.'),
  'log-not-there': all(
    'Die Datei ist nicht da; fail2ban legt sie an, wenn es startet oder wenn das Log neu geöffnet wird.',
  ),
  'log-forbidden': all(
    'BanGUI darf die Datei nicht lesen: seinem Benutzer das Recht dazu geben oder es als root betreiben.',
  ),
  'log-unreadable': more('Die Datei kann nicht gelesen werden.'),
  'no-journal': all(
    'fail2ban schreibt sein Log nicht in eine Datei, und diese Maschine hat kein Journal. logtarget auf eine Datei setzen, um das Log hier zu sehen.',
  ),
  'journal-failed': quoted('Das Journal konnte nicht gelesen werden.'),

  // What a jail reads, and samples of filters.
  'no-journalmatch': all('Kein journalmatch sagt, welche Einträge des Journals gelesen werden, also liest es alle.'),
  'unit-missing': more('Diese Maschine hat keinen solchen Dienst, also steht von ihm nichts im Journal.'),
  'samples-ended': more('Die Beispiele des Filters konnten nicht bis zum Ende geprüft werden.'),
  'filter-refused': quoted('fail2ban nimmt den Filter so nicht an.'),
  'sample-failed': quoted('Der Filter macht aus einer Beispielzeile nicht, was erwartet wird.'),
}
