import type { FailureWords } from './words'

// What it means that a change failed, by the step at which it did. Why, fail2ban or the system says, and that stays as they say it.

export const FAILURES: FailureWords = {
  steps: {
    plan: 'Es war nicht mehr der Plan, der angesehen wurde. Die Änderung neu ansehen.',
    validate: 'Die Prüfung hat etwas gegen die neuen Dateien. Die Änderung berichtigen.',
    snapshot: 'Die bisherigen Dateien ließen sich nicht aufheben. Rechte und Platz im Datenordner von BanGUI prüfen.',
    write: 'Eine Datei ließ sich nicht schreiben. Rechte und Platz im Ordner von fail2ban prüfen.',
    reload: 'fail2ban hat die neuen Dateien nicht geladen.',
    verify: 'Danach lief nicht, was laufen sollte. Im Log von fail2ban nachsehen.',
    record: 'Die neue Version ließ sich nicht aufheben. Rechte und Platz im Datenordner von BanGUI prüfen.',
    putBack: 'Die alten Dateien ließen sich nicht alle zurücklegen. Sie mit den Versionen vergleichen.',
    reloadOld: 'fail2ban hat die alten Dateien nicht wieder geladen. In seinem Log nachsehen und die Jails starten.',
    verifyOld: 'Danach lief nicht wieder alles, was vorher lief. Im Log von fail2ban nachsehen und die Jails starten.',
  },
  version: 'Die Änderung ist fehlgeschlagen.',
  undo: 'Nicht alles ließ sich zurücknehmen. Die Dateien mit den Versionen vergleichen und im Log von fail2ban nachsehen.',
}
