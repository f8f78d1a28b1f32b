import type { CatalogueWords } from './catalogue-words'

const SPAMHAUS =
  'Kostenlos für alle, auch für Firmen. Wird die Liste weitergegeben oder Teil eines Produkts, muss das Spamhaus Project genannt werden, und Datum und Copyright der Datei müssen bleiben.'
const FIREHOL =
  'Keine eigene Lizenz: Es gelten die Bedingungen der enthaltenen Listen, von denen einige den Verkauf verbieten.'
const BLOCKLIST_DE =
  'Kostenlos und freiwillig, auf eigene Gefahr; eine Lizenz ist nicht genannt. Sehr viele Abrufe können etwas kosten.'
const IPSUM = 'Gemeinfrei (The Unlicense).'
const ABUSEIPDB = 'Eine Kopie mit Erlaubnis von AbuseIPDB, dessen Bedingungen die Weitergabe der Daten verbieten.'

export const words: CatalogueWords = {
  'spamhaus-drop': {
    about:
      'Netze, die Kriminellen gehören oder von ihnen übernommen wurden. Sehr wenige Fehler: eine gute erste Liste.',
    terms: SPAMHAUS,
  },
  'spamhaus-dropv6': { about: 'Dasselbe für IPv6.', terms: SPAMHAUS },
  'firehol-level1': {
    about:
      'Mehrere Listen in einer, gewählt nach wenigen Fehlern: Spamhaus DROP, DShield, nicht vergebene und private Netze. Private werden beim Import ausgelassen.',
    terms: FIREHOL,
  },
  'firehol-level2': {
    about: 'Mehrere Listen in einer: Wer in den letzten zwei Tagen angriff, darunter blocklist.de und GreenSnow.',
    terms: FIREHOL,
  },
  'blocklist-de-all': {
    about:
      'Wer in den letzten zwei Tagen irgendeinen Dienst der Server angriff, die dorthin melden, die meisten mit fail2ban.',
    terms: BLOCKLIST_DE,
  },
  'blocklist-de-ssh': { about: 'Wer in den letzten zwei Tagen SSH angriff.', terms: BLOCKLIST_DE },
  'blocklist-de-mail': { about: 'Wer in den letzten zwei Tagen Mailserver angriff.', terms: BLOCKLIST_DE },
  'blocklist-de-apache': { about: 'Wer in den letzten zwei Tagen Webserver angriff.', terms: BLOCKLIST_DE },
  'blocklist-de-bruteforcelogin': {
    about: 'Wer in den letzten zwei Tagen Passwörter bei Joomla, WordPress und anderen Web-Anmeldungen probierte.',
    terms: BLOCKLIST_DE,
  },
  'cins-army': {
    about: 'Die 15.000 Adressen mit den schlechtesten Noten der Sensoren einer Sicherheitsfirma.',
    terms: 'Kostenlos für Firewalls, wie auch immer es passt; ohne Erlaubnis nicht mit einem Produkt weiterzugeben.',
  },
  'emerging-threats-compromised': {
    about: 'Rechner, von denen bekannt ist, dass sie aufgebrochen wurden und andere angreifen.',
    terms: 'Die Liste selbst nennt keine; die Regeln desselben Herausgebers stehen unter der BSD-Lizenz.',
  },
  dshield: {
    about:
      'Die 20 Netze zu je 256 Adressen, die zuletzt die meisten Ziele angriffen. Ganze Netze, also sind Unbeteiligte möglich; der Herausgeber rät davon ab, nur danach zu blocken.',
    terms:
      'CC BY-NC-SA: kostenlos zum Schutz eigener Netze, auch denen einer Firma; nicht zum Verkauf. DShield.org muss genannt werden.',
  },
  greensnow: {
    about: 'Wer zuletzt Ports absuchte oder Passwörter probierte.',
    terms: 'Kostenlos zu benutzen; sie darf nicht noch einmal veröffentlicht werden.',
  },
  'tor-exits': {
    about:
      'Woher die Benutzer von Tor kommen. An sich nichts Schlechtes: nur blocken, wo niemand Ehrliches durch Tor kommt.',
    terms: 'Das Tor Project gibt seine Listen der Ausgänge ohne Bedingungen (CC0).',
  },
  bruteforceblocker: {
    about: 'Wer Passwörter bei SSH probierte, gemeldet von den Benutzern eines Programms dieses Namens.',
    terms: 'Es sind keine genannt.',
  },
  'ipsum-3': { about: 'Adressen, die auf drei oder mehr von über 30 öffentlichen Listen stehen.', terms: IPSUM },
  'ipsum-5': {
    about: 'Adressen, die auf fünf oder mehr von über 30 öffentlichen Listen stehen: weniger, und weniger Fehler.',
    terms: IPSUM,
  },
  'binary-defense': {
    about: 'Wer die Lockfallen einer Sicherheitsfirma angriff.',
    terms: 'Nur für den öffentlichen Gebrauch; nicht in Produkten oder Diensten, für die jemand bezahlt.',
  },
  'abuseipdb-7d': {
    about: 'Die Adressen, die die Benutzer von AbuseIPDB in sieben Tagen am sichersten meldeten.',
    terms: ABUSEIPDB,
  },
  'abuseipdb-30d': {
    about: 'Dasselbe in 30 Tagen. Länger zurück haben Adressen zu oft neue Besitzer.',
    terms: ABUSEIPDB,
  },
  'stopforumspam-toxic': {
    about: 'Netze, aus denen Foren nichts als Spam bekommen.',
    terms: 'Nicht für den gewerblichen Gebrauch, auch nicht in Software, für die jemand bezahlt.',
  },
}
