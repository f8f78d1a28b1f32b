import type { ProblemWords } from './words'

// What problems of these pages say beside their title, and what to do, by their code: only where it is the same each time. The particulars
// of a problem stay as the server says them.

const WRITTEN = 'Es wurde nichts geschrieben.'

export const PROBLEMS: Record<string, ProblemWords> = {
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
}
