-- Copies of everything that is kept about one person (152-FZ, article 14): made in the background,
-- kept for a week, as reports are. Not facts: they say nothing that is not kept elsewhere.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE person_copy (
    run_id uuid PRIMARY KEY, -- made of the request: a repeat asks for no other
    person_id uuid NOT NULL, -- whom it is about
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'running', 'ready', 'failed')),
    beat timestamptz, -- who is silent for long has died, and another goes on
    finished timestamptz,
    position bigint, -- of the log, when it is ready
    body bytea,
    CHECK ((state = 'ready') = (body IS NOT NULL AND position IS NOT NULL))
);
CREATE INDEX person_copy_open_idx ON person_copy (asked_at) WHERE state IN ('asked', 'running');
CREATE INDEX person_copy_by_idx ON person_copy (asked_by, asked_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON person_copy TO letopis_app;
