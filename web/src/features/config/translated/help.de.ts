// What options do, by kind of item and name, as the API says it in English (`help`). A test tells when one is missing or too much.

const JAIL = {
  enabled: 'Ob fail2ban dieses Jail startet.',
  filter:
    'Der Filter, der die Fehlversuche im Log findet, mit Parametern in Klammern, wo er welche kennt: sshd[mode=aggressive]. Ohne Angabe der Filter, der wie das Jail heißt.',
  mode: 'Wie viel der Filter als Fehlversuch wertet, wenn er mehrere Modi kennt. Der Wert wird dem Filter als Parameter übergeben.',
  backend:
    'Wie das Log gelesen wird: aus Dateien, mit Benachrichtigung bei Änderungen (pyinotify) oder durch wiederholtes Nachsehen (polling), oder aus dem Journal (systemd). Für das Journal gibt es Parameter in Klammern. gamin gibt es seit 1.1 nicht mehr.',
  logpath:
    'Die Logdateien, die gelesen werden, eine je Zeile, mit * für viele. Mit dem Wort tail hinter einem Pfad wird nur Neues gelesen. Ein Jail, dessen Dateien alle fehlen, startet fail2ban nicht. Mit dem Backend systemd ohne Bedeutung.',
  journalmatch:
    'Welche Einträge des Journals gelesen werden, etwa _SYSTEMD_UNIT=sshd.service + _COMM=sshd. Nur mit dem Backend systemd; meist gibt der Filter es an.',
  skip_if_nologs: 'Ob ein Jail ohne Logdatei ausgelassen wird, statt dass der Start fehlschlägt.',
  systemd_if_nologs:
    'Ob ein Jail mit dem Backend auto das Journal liest, wenn es keine Logdatei hat und sein Filter sagt, was dort zu lesen ist.',
  logencoding: 'Die Zeichenkodierung der Logdateien; auto nimmt die der Systemsprache.',
  logtimezone:
    'Die Zeitzone von Logzeilen, die keine nennen, als fester Abstand: UTC, UTC+0200, GMT-0100. Ohne Angabe die Zone der Maschine.',
  maxretry: 'Wie viele Fehlversuche innerhalb von findtime zu einer Sperre führen.',
  findtime: 'Wie weit zurück Fehlversuche zählen.',
  usedns:
    'Was mit Rechnernamen in Logzeilen geschieht: ihre Adressen nachschlagen (yes), dasselbe mit einer Warnung im Log (warn), solche Zeilen übergehen (no) oder den Text sperren, wie er ist (raw). Wer für einen Namen antwortet, bestimmt, welche Adresse gesperrt wird; sicher ist daher no.',
  failregex:
    'Reguläre Ausdrücke für Fehlversuche, einer je Zeile, anstelle derer des Filters. %(known/failregex)s steht für die des Filters.',
  ignoreregex:
    'Reguläre Ausdrücke für Zeilen, die nie als Fehlversuch zählen, einer je Zeile, anstelle derer des Filters.',
  prefregex:
    'Ein regulärer Ausdruck, auf den jede Zeile zuerst passen muss; was in <F-CONTENT> steht, sehen die anderen Ausdrücke an. Anstelle dessen des Filters.',
  datepattern:
    'Wie Zeiten im Log aussehen, wenn fail2ban es nicht selbst herausfindet: Muster mit %Y-%m-%d und Ähnlichem, eines je Zeile.',
  maxlines:
    'Wie viele Zeilen zusammen betrachtet werden, für Fehlversuche, die mehrere Zeilen brauchen. Mehr als eine ist langsam.',
  maxmatches: 'Wie viele Logzeilen je auffälliger Adresse im Speicher bleiben, für Mails und die Datenbank.',
  bantime: 'Wie lange eine Sperre dauert; -1 heißt für immer.',
  'bantime.increment':
    'Ob jede weitere Sperre einer Adresse länger dauert als die vorige. Dafür braucht fail2ban die Datenbank.',
  'bantime.factor':
    'Eine Zahl, mit der wachsende Sperrdauern multipliziert werden. fail2ban wertet sie als Python aus.',
  'bantime.formula':
    'Wie eine Sperrdauer wächst, als Python-Ausdruck aus ban.Time, ban.Count und banFactor. Ohne Angabe verdoppelt sie sich jedes Mal.',
  'bantime.multipliers':
    'Womit die Sperrdauer bei der ersten, zweiten, dritten Sperre und so weiter multipliziert wird: ganze Zahlen mit je einem Leerzeichen dazwischen, etwa 1 2 4 8 16. Die letzte gilt für alle späteren Sperren. Anstelle der Formel.',
  'bantime.maxtime': 'Die längste Dauer einer wachsenden Sperre. Ohne Angabe gibt es keine Grenze.',
  'bantime.rndtime':
    'Bis zu wie viel zu einer wachsenden Sperre zufällig hinzukommt, damit niemand ausrechnen kann, wann sie endet.',
  'bantime.overalljails': 'Ob für das Wachsen Sperren in allen Jails zählen statt nur die in diesem Jail.',
  ignoreip:
    'Adressen, Netze und Rechnernamen, die nie gesperrt werden, durch Leerzeichen getrennt. Seit 1.1.1 auch file:/PFAD mit einem Eintrag je Zeile.',
  ignoreself: 'Ob die eigenen Adressen der Maschine nie gesperrt werden.',
  ignorecommand:
    'Ein Befehl, der vor jeder Sperre gefragt wird; endet er mit 0, wird die Adresse nicht gesperrt. <ip> steht für die Adresse. Er läuft als root.',
  ignorecache:
    'Merkt sich die Antworten darauf, wer ausgenommen ist, wenn das Fragen teuer ist: key="<ip>", max-count=100, max-time=5m. Leer heißt, dass nichts gemerkt wird.',
  banaction: 'Die Aktion, die die Ports des Jails sperrt. Die mitgelieferten Dateien setzen sie in action ein.',
  banaction_allports: 'Die Aktion der Jails, die alle Ports sperren, etwa recidive.',
  action:
    'Was geschieht, wenn eine Adresse gesperrt wird: Aktionen mit ihren Parametern, eine je Zeile. %(action_)s sperrt nur, %(action_mw)s schickt auch eine Mail, %(action_mwl)s eine Mail mit Logzeilen. Parameter können Befehle enthalten, die als root laufen.',
  port: 'Die Ports, die gesperrte Adressen nicht mehr erreichen: Namen oder Nummern, durch Kommas getrennt, Bereiche als 6000:6010.',
  protocol: 'Das Protokoll, das gesperrt wird.',
  chain:
    'Die Chain der Firewall, in die Sperren eingetragen werden; <known/chain> ist die, die die Aktion von sich aus nimmt.',
  destemail: 'Wer die Mails der Aktionen bekommt, die welche verschicken.',
  sender: 'Die Absenderadresse dieser Mails.',
  mta: 'Welche der Mail-Aktionen benutzt wird: sendmail oder mail aus dem Paket mailutils. Es ist der Anfang des Namens der Aktion.',
  fail2ban_agent: 'Wie sich fail2ban gegenüber Diensten nennt, denen Aktionen etwas melden.',
}

const FILTER = {
  failregex:
    'Reguläre Ausdrücke für Fehlversuche, einer je Zeile, in der Schreibweise von Python. Jeder braucht eine Stelle dafür, wer gesperrt wird: <HOST>, <ADDR>, <F-ID>…</F-ID>, außer wenn prefregex sie hat. Mit ^ beginnen und mit $ enden, damit niemand Wörter in eine Zeile bringen kann, die jemand anderen sperren.',
  ignoreregex: 'Reguläre Ausdrücke für Zeilen, die nie als Fehlversuch zählen, einer je Zeile.',
  prefregex:
    'Ein regulärer Ausdruck, auf den jede Zeile zuerst passen muss; was in <F-CONTENT>…</F-CONTENT> steht, sehen die anderen Ausdrücke an.',
  mode: 'Wie viel als Fehlversuch zählt, wenn der Filter Ausdrücke für mehrere Modi hat. Jails geben es als Parameter an.',
  datepattern:
    'Wie Zeiten im Log aussehen, wenn fail2ban es nicht selbst herausfindet: Muster mit %%Y-%%m-%%d und Ähnlichem, eines je Zeile. {^LN-BEG} ist der Anfang einer Zeile.',
  maxlines: JAIL.maxlines,
  usedns: 'Was mit Rechnernamen in Logzeilen geschieht; die Einstellung des Jails geht vor.',
  journalmatch:
    'Welche Einträge des Journals gelesen werden, etwa _SYSTEMD_UNIT=sshd.service + _COMM=sshd. Felder hintereinander müssen alle passen, + beginnt eine andere Möglichkeit.',
  logtype:
    'Wie der Anfang einer Zeile aussieht; fail2ban leitet es aus dem Backend des Jails ab. Filter mit dem gemeinsamen Präfix nehmen es als Parameter.',
  _daemon: 'Der Name des Programms im Log, als regulärer Ausdruck; das gemeinsame Präfix sucht danach.',
}

const ACTION = {
  actionban:
    'Befehle, die eine Adresse sperren; <ip> steht für die Adresse, <bantime>, <failures>, <matches> und andere für das, was von der Sperre bekannt ist.',
  actionunban: 'Befehle, die die Sperre einer Adresse aufheben.',
  actionstart:
    'Befehle, die vorbereiten, was Sperren brauchen, etwa eine Chain oder ein Set. Sie laufen, wenn das Jail startet oder vor der ersten Sperre.',
  actionstop: 'Befehle, die entfernen, was der Start angelegt hat. Sie laufen, wenn das Jail stoppt.',
  actioncheck:
    'Befehle, die nachsehen, ob alles da ist, was Sperren brauchen. Schlägt einer fehl, laufen die Befehle zum Stoppen und Starten erneut.',
  actionrepair: 'Befehle, die reparieren, was die Prüfung defekt vorfand, anstelle von Stoppen und Starten.',
  actionflush: 'Befehle, die alle Sperren auf einmal aufheben; ohne sie wird jede einzeln aufgehoben.',
  actionreload: 'Befehle, die laufen, wenn das Jail neu geladen wird.',
  actionreban:
    'Befehle, die eine Adresse nach einer Reparatur oder einem Neuladen wieder sperren; ohne Angabe die, die sie sonst sperren.',
  actionprolong: 'Befehle, die eine laufende Sperre verlängern, für Aktionen, deren Firewall die Zeit selbst zählt.',
  actionstart_on_demand:
    'Ob die Startbefehle auf die erste Sperre warten. Ohne Angabe warten sie dort, wo die Aktion IPv4 und IPv6 verschieden behandelt.',
  actionrepair_on_unban: 'Ob nach einer fehlgeschlagenen Prüfung auch dann repariert wird, wenn eine Sperre endet.',
  norestored:
    'Ob Sperren ausgelassen werden, die nach einem Neustart von fail2ban wiederhergestellt werden, damit Mails und Meldungen nicht zweimal verschickt werden.',
  name: 'Ein Name für Chains und Sets, der die Jails unterscheidet. Es ist der Name des Jails, wenn das Jail keinen anderen angibt.',
  actname: 'Der Name der Aktion innerhalb ihres Jails; nötig, wenn ein Jail dieselbe Aktion zweimal hat.',
  port: 'Die Ports, die gesperrte Adressen nicht erreichen; meist gibt das Jail sie an.',
  protocol: 'Das Protokoll, das gesperrt wird; meist gibt das Jail es an.',
  chain: 'Die Chain der Firewall, in die Sperren eingetragen werden.',
  blocktype: 'Was die Firewall mit Paketen gesperrter Adressen tut, in ihren eigenen Worten, etwa REJECT oder DROP.',
  dest: 'Die Adresse, an die die Mails gehen.',
  sender: 'Die Absenderadresse der Mails.',
  logpath: 'Die Logdateien, aus denen Mails Zeilen zitieren.',
  timeout: 'Wie lange ein Befehl laufen darf, bevor er abgebrochen wird.',
}

const SERVER = {
  loglevel:
    'Wie viel fail2ban in sein Log schreibt. Weniger als INFO verschweigt Fehlversuche, weniger als NOTICE verschweigt Sperren, sodass der Verlauf unvollständig ist.',
  logtarget: 'Wohin fail2ban sein Log schreibt: der Pfad einer Datei oder eines dieser Wörter.',
  syslogsocket: 'Der Socket des Systemlogs, für das Logziel SYSLOG; auto findet ihn.',
  dbfile:
    'Die Datei der Datenbank von fail2ban, die Sperren über Neustarts hinweg aufbewahrt. None schaltet sie ab, :memory: vergisst sie bei einem Neustart. Für eine andere Datei muss der Daemon neu gestartet werden.',
  dbpurgeage:
    'Wie lange Sperren in der Datenbank bleiben. Wachsen die Sperrdauern, muss das länger sein als die längste Sperre.',
  dbmaxmatches: 'Wie viele Logzeilen zu jeder Sperre in der Datenbank aufbewahrt werden.',
  allowipv6: 'Ob fail2ban IPv6-Adressen sperrt; auto fragt das System.',
  socket:
    'Der Socket, über den Programme mit dem Daemon sprechen. Nur ein Neustart ändert ihn, und die Programme müssen davon erfahren.',
  pidfile: 'Die Datei mit der Prozessnummer des Daemons. Nur ein Neustart ändert sie.',
  stacksize: 'Der Stapelspeicher jedes Threads; 0 überlässt ihn dem System, sonst mindestens 32.',
}

export const HELP: Record<string, Record<string, string>> = {
  jail: JAIL,
  filter: FILTER,
  action: ACTION,
  server: SERVER,
}

export const UNITS: Record<string, string> = {
  failures: 'Fehlversuche',
  lines: 'Zeilen',
  seconds: 'Sekunden',
  KiB: 'KiB',
}
