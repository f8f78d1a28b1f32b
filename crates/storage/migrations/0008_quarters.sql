-- `rollups` has three more parts, the shares of spans of the lowest level, and of every span those with k3 = 3 (country and jail) and 4 (country and asn):
--   6: of a quarter    k1 = quarter, k2 = jail / 65536           numbers are jail, country and asn
--   7: by country      k1 = block, k2 = country                  numbers are quarters of an hour, over all jails
--   8: by network      k1 = block, k2 = asn                      numbers are quarters of an hour, over all countries and jails
-- They are complete from this quarter of an hour on; what was before is answered without them, as its events may be forgotten already.
ALTER TABLE history ADD COLUMN complete_from INTEGER NOT NULL DEFAULT -9007199254740992;
-- Where all events are forgotten, what was counted of them tells until when there were some: blocks of 1,024 quarters.
UPDATE history SET complete_from = coalesce((SELECT max(at) / 900000 + 1 FROM events), (SELECT (max(k1) + 1) * 1024 FROM rollups WHERE part = 0), complete_from);
