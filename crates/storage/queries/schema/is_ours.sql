SELECT
    (SELECT application_id FROM pragma_application_id) = 1113673287,
    EXISTS (SELECT 1 FROM sqlite_schema)
