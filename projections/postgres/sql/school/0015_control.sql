-- control_v1: journals that were inspected, remarks and what has become of them.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE control_inspection (
    inspection_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    position bigint NOT NULL,
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    since date NOT NULL, -- both days included
    until date NOT NULL,
    checked text[] NOT NULL,
    subject_ids uuid[] NOT NULL, -- empty: every subject
    checked_position bigint NOT NULL, -- size and root of the tree that were in force
    hash text NOT NULL
);
CREATE INDEX control_inspection_class_idx ON control_inspection (class_id, at);

CREATE TABLE control_remark (
    remark_id uuid PRIMARY KEY,
    inspection_id uuid NOT NULL,
    class_id uuid NOT NULL,
    kind text NOT NULL,
    teacher_id uuid NOT NULL,
    subject_id uuid,
    lesson_id uuid,
    state text NOT NULL, -- open, answered, accepted
    due_date date NOT NULL, -- the last day
    position bigint NOT NULL
);
CREATE INDEX control_remark_teacher_idx ON control_remark (teacher_id, state);
CREATE INDEX control_remark_class_idx ON control_remark (class_id);
CREATE INDEX control_remark_inspection_idx ON control_remark (inspection_id);

CREATE TABLE control_step ( -- what happened to a remark; due_date: the one in force then
    position bigint PRIMARY KEY,
    remark_id uuid NOT NULL,
    kind text NOT NULL, -- opened, resolved, accepted, returned
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    due_date date NOT NULL,
    text_id uuid, -- in the vault
    positions bigint[] NOT NULL
);
CREATE INDEX control_step_remark_idx ON control_step (remark_id, position);

GRANT SELECT, INSERT, UPDATE, DELETE ON control_inspection, control_remark, control_step
    TO letopis_projector;
GRANT SELECT ON control_inspection, control_remark, control_step TO letopis_app, letopis_reader;

-- talks_v1: conversations between two people.

CREATE TABLE talk (
    conversation_id uuid PRIMARY KEY,
    asker_id uuid NOT NULL,
    asked_id uuid NOT NULL,
    pupil_id uuid, -- whom it is about; none: the work with the journal
    guardian_id uuid, -- which of the two is the guardian
    opened_at timestamptz NOT NULL,
    answered_at timestamptz, -- the first answer
    last_at timestamptz NOT NULL,
    last_by uuid NOT NULL,
    unread_by uuid, -- who has not read the last word
    closed_at timestamptz
);
CREATE INDEX talk_asker_idx ON talk (asker_id);
CREATE INDEX talk_asked_idx ON talk (asked_id);

CREATE TABLE talk_word (
    position bigint PRIMARY KEY,
    conversation_id uuid NOT NULL,
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    text_id uuid NOT NULL -- in the vault
);
CREATE INDEX talk_word_talk_idx ON talk_word (conversation_id, position);
CREATE INDEX talk_word_by_idx ON talk_word (by);

GRANT SELECT, INSERT, UPDATE, DELETE ON talk, talk_word TO letopis_projector;
GRANT SELECT ON talk, talk_word TO letopis_app, letopis_reader;

-- ledgers_v1: trainings of the staff, requests for the municipal service.

CREATE TABLE ledger_training (
    training_id uuid PRIMARY KEY,
    office_id uuid NOT NULL,
    day date NOT NULL,
    topic text NOT NULL,
    person_ids uuid[] NOT NULL,
    at timestamptz NOT NULL,
    by uuid NOT NULL
);

CREATE TABLE ledger_service (
    request_id uuid PRIMARY KEY,
    office_id uuid NOT NULL,
    position bigint NOT NULL,
    pupil_id uuid NOT NULL,
    applicant_id uuid,
    channel text NOT NULL,
    day date NOT NULL,
    due_date date NOT NULL, -- the last day
    text_id uuid NOT NULL, -- in the vault
    outcome text,
    decided_at timestamptz,
    decided_by uuid,
    reason_id uuid
);

GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_training, ledger_service TO letopis_projector;
GRANT SELECT ON ledger_training, ledger_service TO letopis_app, letopis_reader;
