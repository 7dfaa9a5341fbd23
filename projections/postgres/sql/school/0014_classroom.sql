-- classroom_v1: what the class teacher keeps. Attendance itself is in the register.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE classroom_reason ( -- the last reason of an absence
    lesson_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    class_id uuid NOT NULL,
    code text NOT NULL,
    document_id uuid, -- in the vault
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    PRIMARY KEY (lesson_id, pupil_id)
);

CREATE TABLE classroom_week ( -- signed
    class_id uuid NOT NULL,
    monday date NOT NULL,
    absences integer NOT NULL,
    untaken integer NOT NULL, -- lessons without attendance
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    PRIMARY KEY (class_id, monday)
);

CREATE TABLE classroom_notice ( -- a guardian's warning, both days included
    notice_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    since date NOT NULL,
    until date NOT NULL,
    code text NOT NULL,
    text_id uuid, -- in the vault
    at timestamptz NOT NULL,
    by uuid NOT NULL
);
CREATE INDEX classroom_notice_class_idx ON classroom_notice (class_id, until);
CREATE INDEX classroom_notice_pupil_idx ON classroom_notice (pupil_id);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON classroom_reason, classroom_week, classroom_notice TO letopis_projector;
GRANT SELECT ON classroom_reason, classroom_week, classroom_notice TO letopis_app, letopis_reader;
