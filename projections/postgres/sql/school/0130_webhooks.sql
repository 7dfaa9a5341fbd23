-- Other programs are told: an address, and a row for every event that is to go there. No fact and no
-- projection: an event says nothing that the journal does not say. Ids alone: nobody is named here.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE webhook (
    webhook_id uuid PRIMARY KEY,
    url text NOT NULL CHECK (length(url) BETWEEN 8 AND 2000),
    kinds text[] NOT NULL, -- of the trail; empty: all
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    secret text NOT NULL, -- sealed with the installation's secret: it signs, so a digest will not do
    old_secret text, -- signs as well until then
    old_until timestamptz,
    position bigint NOT NULL, -- up to which events have been written down
    due timestamptz NOT NULL, -- the address rests until then
    failures smallint NOT NULL DEFAULT 0, -- in a row
    stopped text NOT NULL DEFAULT '' -- why nothing is sent; empty: it is
);

CREATE TABLE webhook_delivery (
    webhook_id uuid NOT NULL REFERENCES webhook ON DELETE CASCADE,
    event_id text NOT NULL, -- position and ordinal of the line, or of a trial
    position bigint NOT NULL, -- 0 of a trial
    kind text NOT NULL,
    body text NOT NULL, -- as it goes, each time the same
    at timestamptz NOT NULL, -- written down, or wanted again
    due timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'sent', 'dead')),
    tries smallint NOT NULL DEFAULT 0,
    sent_at timestamptz,
    error text NOT NULL DEFAULT '', -- in words
    PRIMARY KEY (webhook_id, event_id)
);
CREATE INDEX webhook_queue_idx ON webhook_delivery (webhook_id, due) WHERE state = 'queued';
CREATE INDEX webhook_dead_idx ON webhook_delivery (webhook_id, position) WHERE state = 'dead';

GRANT SELECT, INSERT, UPDATE, DELETE ON webhook, webhook_delivery TO letopis_app;
