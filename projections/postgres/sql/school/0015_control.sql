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
