-- Secret addresses of calendars: whoever has one reads lessons without signing in, as long as the
-- person who made it may. Not facts: they end and are forgotten.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE calendar_link (
    person_id uuid NOT NULL REFERENCES account,
    about uuid NOT NULL, -- a pupil; of a teacher's own lessons the teacher
    link_id uuid NOT NULL, -- made of the request: a repeat makes no other
    secret_hash bytea NOT NULL UNIQUE CHECK (octet_length(secret_hash) = 32),
    created timestamptz NOT NULL,
    last_read timestamptz,
    PRIMARY KEY (person_id, about) -- one at a time: a new one ends the old
);

-- When a position was: asked of every lesson that a calendar shows.
CREATE INDEX register_moment_position_idx ON register_moment (position);

GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_link TO letopis_app;
