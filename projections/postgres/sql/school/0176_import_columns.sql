-- Columns of foreign tables that a person of the school has assigned: the next file is read so.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE import_column (
    kind text NOT NULL, -- of the table: classes, staff, marks …
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200), -- folded: case and signs do not matter
    key text NOT NULL, -- of our column; empty: it is not read
    by uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (kind, title)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON import_column TO letopis_app;
