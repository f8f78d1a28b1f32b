INSERT INTO events (at, jail, kind, origin, address, prefix, text, country, asn, actor, cause, bantime, failures, ban_count, lines)
VALUES (:at, :jail, :kind, :origin, :address, :prefix, :text, :country, :asn, :actor, :cause, :bantime, :failures, :ban_count, :lines)
ON CONFLICT (at, address, prefix, text, jail, kind) DO NOTHING
