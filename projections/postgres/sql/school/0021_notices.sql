-- Families are told: one row for a fact, a pupil, a person and a channel. No fact and no projection:
-- what was told stays told when a projection is folded anew.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE notice_progress ( -- how far the log has been told
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL
);

CREATE TABLE notice (
    position bigint NOT NULL, -- of the fact; of a consent's that ends, of its giving
    ordinal smallint NOT NULL, -- of its line in the trail
    pupil_id uuid NOT NULL,
    person_id uuid NOT NULL, -- who is told
    channel text NOT NULL CHECK (channel IN ('inbox', 'email')),
    class_id uuid NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL, -- of the fact
    due timestamptz NOT NULL, -- not before
    state text NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'dropped')),
    tries smallint NOT NULL DEFAULT 0,
    sent_at timestamptz, -- handed over to the mail server; shown in the inbox
    opened_at timestamptz,
    error text NOT NULL DEFAULT '', -- in words, about nobody
    PRIMARY KEY (position, person_id, channel, pupil_id, ordinal)
);
CREATE INDEX notice_person_idx ON notice (person_id, channel, position);
CREATE INDEX notice_queue_idx ON notice (due) WHERE state = 'queued';
CREATE INDEX notice_class_idx ON notice (class_id, position) WHERE channel = 'email';

CREATE TABLE notice_choice ( -- what a person has chosen; the rest is as usual
    person_id uuid NOT NULL,
    kind text NOT NULL,
    pace text NOT NULL,
    PRIMARY KEY (person_id, kind)
);

CREATE TABLE mail_address ( -- given by the person, good once the code has come back
    person_id uuid PRIMARY KEY,
    address text NOT NULL CHECK (length(address) BETWEEN 3 AND 254),
    code_hash bytea, -- of the code that was sent, until it has come back
    code_until timestamptz,
    code_tries smallint NOT NULL DEFAULT 0,
    code_sent_at timestamptz, -- NULL: the letter with the code is still to go
    code text, -- only until that letter has gone
    confirmed_at timestamptz,
    failed_at timestamptz, -- letters come back: nobody writes there any more
    failure text NOT NULL DEFAULT ''
);

CREATE TABLE notice_hours ( -- of the school; no row: as usual
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    publish smallint NOT NULL,
    quiet_from smallint NOT NULL,
    quiet_until smallint NOT NULL,
    weekday smallint NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON notice_progress, notice, notice_choice, mail_address, notice_hours TO letopis_app;
GRANT SELECT ON notice TO letopis_asker;

ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY program ON notice TO letopis_app USING (true) WITH CHECK (true);
CREATE POLICY asker ON notice FOR SELECT TO letopis_asker
    USING ((SELECT asker_is_office()) OR person_id = (SELECT asker())
        OR class_id = ANY ((SELECT asker_classes())::uuid[]));
