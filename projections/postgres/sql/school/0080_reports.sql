-- Reports that are made in the background and kept for a while. Not facts: they say nothing that the
-- journal does not say, and are forgotten. Run with search_path = the school's schema and
-- role = letopis_owner.

CREATE TABLE report_run (
    run_id uuid PRIMARY KEY, -- made of the request: a repeat asks for no other
    form text NOT NULL,
    format text NOT NULL CHECK (format IN ('pdf', 'xlsx')),
    title text NOT NULL, -- of the form, with no names
    asked bytea NOT NULL, -- JSON of projections.reports.Asked
    as_of timestamptz, -- NULL: as it is when it is made
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'running', 'ready', 'failed')),
    done smallint NOT NULL DEFAULT 0, -- per cent
    beat timestamptz, -- who is silent for long has died, and another goes on
    finished timestamptz,
    position bigint, -- of the log, when it is ready
    error text NOT NULL DEFAULT '', -- in words, about nobody
    body bytea,
    CHECK ((state = 'ready') = (body IS NOT NULL AND position IS NOT NULL))
);
CREATE INDEX report_run_by_idx ON report_run (asked_by, asked_at);
CREATE INDEX report_run_open_idx ON report_run (asked_at) WHERE state IN ('asked', 'running');

GRANT SELECT, INSERT, UPDATE, DELETE ON report_run TO letopis_app;
GRANT SELECT ON report_run TO letopis_asker;

-- The second wall (0018_wall.sql): one's own, and the administration's.
ALTER TABLE report_run ENABLE ROW LEVEL SECURITY;
CREATE POLICY program ON report_run TO letopis_app USING (true) WITH CHECK (true);
CREATE POLICY asker ON report_run FOR SELECT TO letopis_asker
    USING ((SELECT asker_is_office()) OR asked_by = (SELECT asker()));
