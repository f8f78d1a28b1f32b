INSERT INTO blocklist_runs (list, began_at, took_ms, cause, person, outcome, waits, problem, why, bytes, parsed, masked, junk, junk_examples, too_wide, special,
    subtracted, left_out, networks, added, removed)
VALUES (:list, :began_at, :took_ms, :cause, :person, :outcome, :waits, :problem, :why, :bytes, :parsed, :masked, :junk, :junk_examples, :too_wide, :special,
    :subtracted, :left_out, :networks, :added, :removed)
