-- Lists of one jail, country or network without any other filter: one range, where events_jail, events_country and events_network have dozens that are to be
-- merged. The key comes last by itself.
CREATE INDEX events_jail_time ON events (jail, at);
CREATE INDEX events_country_time ON events (at / 691200000, country, at);
CREATE INDEX events_network_time ON events (at / 691200000, asn, at);
-- Most bans are detected. Lists and counts of a network that ask for the others alone read nothing else.
CREATE INDEX events_subject_not_detected ON events (at / 172800000, address, at, prefix, jail, kind, origin, country, asn) WHERE origin > 0;

-- In which stretches of two days a subject has events, and how many: a packed list as `counts`. The list of an address asks those alone.
ALTER TABLE subjects ADD COLUMN stretches BLOB NOT NULL DEFAULT x'';
-- Of events that are stored before this stretch they may say nothing, as they were stored before there were any.
ALTER TABLE history ADD COLUMN stretches_from INTEGER NOT NULL DEFAULT -9007199254740992;
UPDATE history SET stretches_from = coalesce((SELECT max(at) / 172800000 + 1 FROM events), stretches_from);
