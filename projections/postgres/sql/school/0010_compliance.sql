-- compliance_v1: what is to be written about each lesson, until when, and when it was first
-- recorded. What has become of it (late, missing …) is told at read, from an argument `now`.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE compliance_year (
    year integer PRIMARY KEY,
    state bytea NOT NULL -- zone, calendar, bells, regulations by their first day
);
CREATE TABLE compliance_class (
    class_id uuid PRIMARY KEY,
    year integer NOT NULL,
    grade_level smallint NOT NULL
);
CREATE TABLE compliance_lesson (
    lesson_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    subgroup_id uuid,
    teacher_id uuid NOT NULL, -- as planned; who answers for it is told at read
    date date NOT NULL,
    number smallint NOT NULL,
    known date, -- the day on which it was planned, when that was after it had been held
    off boolean NOT NULL, -- not a school day by the calendar in force
    left_out boolean NOT NULL, -- brought by an import after it had been held
    homework boolean NOT NULL, -- what the grade asks for
    graded boolean NOT NULL,
    control boolean NOT NULL, -- a control work, by its topic
    imported smallint NOT NULL, -- duties whose first record came with an import, a bit each
    ends_at timestamptz NOT NULL,
    day_due timestamptz NOT NULL, -- topic, homework: the last second in time
    fill_due timestamptz NOT NULL, -- attendance, marks
    written_due timestamptz NOT NULL, -- marks of a control work
    cancelled_at timestamptz,
    topic_at timestamptz,
    attendance_at timestamptz,
    homework_at timestamptz, -- or «не задано»
    marks_at timestamptz,
    topic_position bigint,
    attendance_position bigint,
    homework_position bigint,
    marks_position bigint
) WITH (fillfactor = 75); -- four records are written into each row, none of them is indexed
CREATE INDEX compliance_lesson_class_idx ON compliance_lesson (class_id, date);
CREATE INDEX compliance_lesson_date_idx ON compliance_lesson (date);

CREATE TABLE compliance_check ( -- weeks whose check is closed
    year integer NOT NULL,
    week text NOT NULL,
    monday date NOT NULL,
    closed_at timestamptz NOT NULL,
    position bigint NOT NULL,
    state bytea NOT NULL, -- JSON of the fact
    PRIMARY KEY (year, week)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON
    compliance_year, compliance_class, compliance_lesson, compliance_check TO letopis_projector;
GRANT SELECT ON compliance_lesson, compliance_check TO letopis_app, letopis_reader;

-- When the journal answered (clauses 1.3, 4.1.а): written by the web process once a minute, no
-- projection. One row is a span of moments between which nothing was missed.
CREATE TABLE uptime (
    since timestamptz PRIMARY KEY,
    until timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON uptime TO letopis_app;
GRANT SELECT ON uptime TO letopis_reader;
