-- audit_v1: days of the access log whose hash the log keeps.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE audit_access_day (
    day date PRIMARY KEY, -- the school's own
    lines bigint NOT NULL,
    hash text NOT NULL,
    position bigint NOT NULL
);
CREATE INDEX access_log_at_idx ON access_log (at);

GRANT SELECT, INSERT, UPDATE, DELETE ON audit_access_day TO letopis_projector;
GRANT SELECT ON audit_access_day TO letopis_app, letopis_reader;
GRANT SELECT ON access_log TO letopis_projector; -- the verification reads everything
