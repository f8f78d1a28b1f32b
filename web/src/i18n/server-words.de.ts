import type { ServerWords } from './server-words'

// What problems say beside their title, and what to do, by their code. The particulars of a problem stay as the server says them: in the
// open where these words leave room for them, else folded away below.

const WRITTEN = 'Es wurde nichts geschrieben.'
const NOT_ANSWERING =
  'Warten: Vielleicht ist es beschäftigt, endet oder startet gerade. Bleibt es so, in seinem Log nachsehen und es neu starten (systemctl restart fail2ban).'

const PROBLEMS: ServerWords['problems'] = {
  'config-changed': { detail: WRITTEN, remedy: 'Ansehen, was sich geändert hat, und den Plan neu machen.' },
  'config-blocked': { detail: WRITTEN },
  'commands-forbidden': {
    detail: WRITTEN,
    remedy: 'Wer die Maschine betreibt, kann sie mit BANGUI_ALLOW_COMMANDS=true erlauben.',
  },
  'password-needed': { detail: 'Diese Änderung kann Befehle als root ausführen.' },
  'path-not-allowed': { remedy: 'Eine Datei in einem der Ordner wählen, die BANGUI_LOG_FOLDERS nennt.' },
  'test-ended': { remedy: 'Weniger Zeilen versuchen oder einen einfacheren Ausdruck.' },
  'regex-program': {
    remedy: 'Das Paket von fail2ban installieren oder BANGUI_FAIL2BAN_REGEX auf den Pfad von fail2ban-regex setzen.',
  },
  'restart-failed': {
    remedy: 'Im Log von fail2ban nachsehen; wo kein Dienst es betreibt, BANGUI_FAIL2BAN_START_COMMAND setzen.',
  },
  'unsafe-reload': {
    detail: 'Nichts wurde geändert: Jedes laufende Jail macht mit dem weiter, was es hatte.',
    remedy: 'Die Konfiguration wie unten gesagt berichtigen, dann erneut versuchen.',
  },
  'jails-lost': {
    remedy: 'Im Log von fail2ban nachsehen, die Konfiguration berichtigen und die Jails starten.',
  },
  'guard-blind': {
    detail:
      'Welche Adressen diese Maschine braucht, konnte nicht gelesen werden; eine Sperre könnte eine von ihnen treffen.',
    remedy:
      'BanGUI /proc/net/route, /proc/net/ipv6_route, /etc/resolv.conf und /run/systemd/resolve/resolv.conf lesen lassen; sein Log sagt, woran es lag.',
  },
  'daemon-not-effective': { remedy: 'Den Grund im Log von fail2ban suchen.' },
  'bad-change': {
    detail: `Eine der Änderungen ist so nicht möglich. ${WRITTEN}`,
    remedy: 'Diese Änderung berichtigen oder verwerfen.',
    particulars: 'shown',
  },
  'config-files': {
    remedy:
      'BanGUI die Datei und ihren Ordner lesen und schreiben lassen (Rechte, ReadWritePaths der Unit, im Container ohne :ro), und Platz auf der Platte schaffen, wo er fehlt.',
  },
  'daemon-unavailable': {
    detail: 'fail2ban läuft nicht, oder BanGUI kommt nicht an seinen Socket oder an sein Programm fail2ban-client.',
    remedy:
      'Antwortet fail2ban nicht, sagt der Balken oben auf der Seite, woran es liegt und was zu tun ist. Sonst das Paket von fail2ban installieren oder BANGUI_FAIL2BAN_CLIENT auf den Pfad von fail2ban-client setzen.',
    particulars: 'folded',
  },
  'daemon-timeout': {
    detail: 'fail2ban nimmt Fragen an und hat nicht rechtzeitig geantwortet.',
    remedy: NOT_ANSWERING,
    particulars: 'folded',
  },
  'blocklist-name-taken': { detail: 'Jede Sperrliste braucht einen eigenen Namen.' },
  'too-many-blocklists': {
    detail: 'Mehr Sperrlisten nimmt BanGUI nicht.',
    remedy: 'Eine löschen, die nicht mehr gebraucht wird.',
  },
  'already-allowed': { detail: 'Dauer und Kommentar lassen sich beim Eintrag ändern.' },
  'too-many-allowed': {
    detail: 'Mehr Einträge nimmt die Erlaubnisliste nicht.',
    remedy: 'Einträge entfernen, die niemand mehr braucht.',
  },
  'firewall-unusable': {
    remedy:
      'nftables (oder ipset und iptables) installieren, BanGUI mit dem Recht betreiben, den Paketfilter zu ändern, und BANGUI_FIREWALL nicht auf off setzen.',
  },
  'task-running': { detail: 'Ist sie zu Ende, steht bei ihr, was sie getan hat.' },
  'database-read-only': {
    remedy:
      'Die Datei der Datenbank und ihren Ordner für den Benutzer schreibbar machen, unter dem BanGUI läuft, oder Platz auf ihrer Platte schaffen.',
  },
}

export const words: ServerWords = {
  problems: PROBLEMS,
  remedies: {
    socketMissing:
      'fail2ban starten (systemctl start fail2ban). Wenn es woanders zu erreichen ist, dessen Socket wählen.',
    refused: 'fail2ban neu starten (systemctl restart fail2ban).',
    notAnswering: NOT_ANSWERING,
    protocol: 'Prüfen, ob es der Socket von fail2ban ist.',
  },
}
