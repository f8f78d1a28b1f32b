-- By stretches of eight days (src/sqlite/history/time.rs), as events_subject is by shorter ones: recent events that are worked in together change the
-- same few pages of the newest stretch, not one for each group of a country or network since the beginning. There are more jails than kinds and origins, so
-- the jail comes after these. The key comes last by itself.
DROP INDEX events_country;
DROP INDEX events_network;
CREATE INDEX events_country ON events (at / 691200000, country, kind, origin, jail, at);
CREATE INDEX events_network ON events (at / 691200000, asn, country, kind, origin, jail, at);
