-- What the installation's copies of the database hold of this school, and whether they came back.
-- Not facts: the paper beside a copy says the same; here the doors can read it.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE backup (
    copy text PRIMARY KEY, -- its directory
    taken timestamptz NOT NULL,
    kept integer NOT NULL CHECK (kept > 0), -- copies that lay there then
    position bigint NOT NULL, -- the school's last fact in it
    root text NOT NULL CHECK (root ~ '^[0-9a-f]{64}$'), -- of the school's tree
    drilled timestamptz NOT NULL, -- when it was brought back aside
    back_position bigint NOT NULL, -- what came back: at least as much
    found integer NOT NULL CHECK (found >= 0) -- what did not agree
);

GRANT SELECT, INSERT, UPDATE, DELETE ON backup TO letopis_app;
GRANT SELECT ON backup TO letopis_asker;
