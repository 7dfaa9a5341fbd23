-- What the scheduler does and when, every run of it, and reminders to the staff. Not facts: what a
-- job changes in the journal it writes as facts; that it was run is the server's own diary.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE job ( -- the scheduler's own table of jobs, as it tells it to the other processes
    name text PRIMARY KEY,
    place integer NOT NULL, -- in the table
    title text NOT NULL,
    schedule text NOT NULL, -- in words
    missed text NOT NULL, -- what becomes of a missed run, in words
    by_hand boolean NOT NULL, -- may be run at any time
    grace_s integer NOT NULL CHECK (grace_s > 0), -- later than that is late
    next_at timestamptz -- the first run that is owed: it stays put while nobody does it.
    -- NULL: it looks for work every few seconds
);

CREATE TABLE job_run (
    run_id uuid PRIMARY KEY, -- made of the request when a person asked: a repeat asks for no other
    job text NOT NULL,
    period text NOT NULL, -- 2026-11-23, 2026-W47, 2026-11: what the run is about
    scheduled_for timestamptz NOT NULL,
    asked_at timestamptz,
    asked_by uuid,
    started timestamptz,
    finished timestamptz,
    outcome text NOT NULL CHECK (outcome IN
        ('asked', 'running', 'done', 'failed', 'interrupted', 'missed', 'begun')),
    figures jsonb NOT NULL DEFAULT '{}', -- what was done → how many
    error text NOT NULL DEFAULT '', -- in words, about nobody
    CHECK ((asked_at IS NULL) = (asked_by IS NULL)),
    CHECK ((outcome IN ('done', 'failed', 'interrupted')) = (finished IS NOT NULL))
);
-- A period is done once by the clock; a person may have it done again.
CREATE UNIQUE INDEX job_run_once_idx ON job_run (job, period)
    WHERE outcome IN ('done', 'begun') AND asked_by IS NULL;
CREATE INDEX job_run_job_idx ON job_run (job, scheduled_for);
CREATE INDEX job_run_open_idx ON job_run (outcome) WHERE outcome IN ('asked', 'running');

CREATE TABLE reminder (
    reminder_id uuid PRIMARY KEY,
    person_id uuid NOT NULL, -- who is reminded
    kind text NOT NULL,
    key text NOT NULL, -- the same key is the same reminder
    parts text[] NOT NULL CHECK (cardinality(parts) > 0), -- no names of others: classes, dates, numbers
    href text NOT NULL,
    created timestamptz NOT NULL,
    until timestamptz NOT NULL,
    dismissed timestamptz,
    UNIQUE (person_id, kind, key)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON job, job_run, reminder TO letopis_app;
