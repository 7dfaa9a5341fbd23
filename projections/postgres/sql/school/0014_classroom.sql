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

CREATE TABLE classroom_comment ( -- on a pupil in a subject, without a mark
    comment_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    text_id uuid NOT NULL, -- in the vault
    first_at timestamptz NOT NULL,
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    corrected boolean NOT NULL
);
CREATE INDEX classroom_comment_pupil_idx ON classroom_comment (pupil_id);
CREATE INDEX classroom_comment_class_idx ON classroom_comment (class_id, subject_id);

CREATE TABLE classroom_defence (
    defence_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    held_on date NOT NULL,
    title_id uuid NOT NULL, -- in the vault, as the file is
    file_id uuid NOT NULL,
    media text NOT NULL,
    sha256 text NOT NULL,
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    corrected boolean NOT NULL
);
CREATE INDEX classroom_defence_class_idx ON classroom_defence (class_id);
CREATE INDEX classroom_defence_pupil_idx ON classroom_defence (pupil_id);

CREATE TABLE classroom_work (
    work_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    title text NOT NULL,
    held_on date NOT NULL,
    most_points integer NOT NULL
);
CREATE INDEX classroom_work_class_idx ON classroom_work (class_id);

CREATE TABLE classroom_result (
    work_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    level text NOT NULL,
    points integer,
    corrected boolean NOT NULL,
    PRIMARY KEY (work_id, pupil_id)
);
CREATE INDEX classroom_result_pupil_idx ON classroom_result (pupil_id);

CREATE TABLE classroom_level ( -- metasubject, of the year
    class_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    level text NOT NULL,
    at timestamptz NOT NULL,
    corrected boolean NOT NULL,
    PRIMARY KEY (class_id, pupil_id)
);
CREATE INDEX classroom_level_pupil_idx ON classroom_level (pupil_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON
    classroom_reason, classroom_week, classroom_notice, classroom_comment, classroom_defence,
    classroom_work, classroom_result, classroom_level
TO letopis_projector;
GRANT SELECT ON
    classroom_reason, classroom_week, classroom_notice, classroom_comment, classroom_defence,
    classroom_work, classroom_result, classroom_level
TO letopis_app, letopis_reader;
