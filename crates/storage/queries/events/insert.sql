INSERT INTO events (id, at, jail, kind, origin, address, prefix, text, country, asn, actor, cause, bantime, failures, ban_count, lines)
VALUES (:id, :at, :jail, :kind, :origin, :address, :prefix, :text, :country, :asn, :actor, :cause, :bantime, :failures, :ban_count, :lines)
