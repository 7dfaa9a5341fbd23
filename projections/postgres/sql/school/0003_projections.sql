-- The log folded into answers. Everything here can be dropped and folded again from the facts;
-- only the projector writes. Run with search_path = the school's schema, role = letopis_owner.

-- How far each projection has folded, and the moment of that fact. `generation` grows when a
-- rebuilt projection is swapped in, so that the projector forgets what it has in memory.
CREATE TABLE bookmark (
    name text PRIMARY KEY,
    position bigint NOT NULL,
    at timestamptz NOT NULL,
    generation integer NOT NULL DEFAULT 1
);

-- directory_v1: who is who, and who may read what. --------------------------------------------

CREATE TABLE directory_person (
    person_id uuid PRIMARY KEY,
    kind text NOT NULL, -- staff, pupil, guardian
    full_name text NOT NULL, -- '' once erased
    short_name text NOT NULL,
    sort_key text COLLATE "C" NOT NULL, -- computed in Python: the embedded server has no ICU
    account boolean NOT NULL,
    erased boolean NOT NULL
);
CREATE INDEX directory_person_kind_idx ON directory_person (kind, sort_key);

CREATE TABLE directory_year (
    year integer PRIMARY KEY,
    office_id uuid NOT NULL,
    school_id uuid NOT NULL,
    zone text NOT NULL,
    starts date NOT NULL,
    ends date NOT NULL,
    calendar bytea NOT NULL, -- JSON of domain.calendar.Calendar
    bells bytea NOT NULL, -- JSON of domain.calendar.Bell[]
    regulation bytea NOT NULL -- JSON of domain.regulation.Regulation
);
CREATE TABLE directory_subject (
    year integer NOT NULL,
    subject_id uuid NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (year, subject_id)
);
CREATE TABLE directory_work_type (
    year integer NOT NULL,
    work_type_id uuid NOT NULL,
    name text NOT NULL,
    abbr text NOT NULL,
    weight text NOT NULL,
    PRIMARY KEY (year, work_type_id)
);
-- Spans are days [since, until); NULL is open.
CREATE TABLE directory_staff (
    year integer NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL,
    since date NOT NULL,
    until date,
    position bigint NOT NULL,
    ordinal integer NOT NULL,
    PRIMARY KEY (position, ordinal)
);
CREATE INDEX directory_staff_person_idx ON directory_staff (person_id);
CREATE TABLE directory_class (
    class_id uuid PRIMARY KEY,
    year integer NOT NULL,
    grade_level integer NOT NULL,
    letter text NOT NULL,
    name text NOT NULL
);
CREATE TABLE directory_class_teacher (
    class_id uuid NOT NULL,
    person_id uuid NOT NULL,
    since date NOT NULL,
    until date,
    position bigint PRIMARY KEY
);
CREATE INDEX directory_class_teacher_person_idx ON directory_class_teacher (person_id);
CREATE TABLE directory_enrolment (
    class_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    since date NOT NULL,
    until date,
    position bigint PRIMARY KEY
);
CREATE INDEX directory_enrolment_pupil_idx ON directory_enrolment (pupil_id);
CREATE INDEX directory_enrolment_class_idx ON directory_enrolment (class_id);
CREATE TABLE directory_subgroup (
    class_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    since date NOT NULL,
    subgroup_id uuid NOT NULL,
    name text NOT NULL,
    pupils uuid[] NOT NULL,
    PRIMARY KEY (class_id, subject_id, since, subgroup_id)
);
CREATE TABLE directory_assignment (
    assignment_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    teacher_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    subgroup_id uuid,
    since date NOT NULL,
    until date
);
CREATE INDEX directory_assignment_teacher_idx ON directory_assignment (teacher_id);
CREATE INDEX directory_assignment_class_idx ON directory_assignment (class_id);
CREATE TABLE directory_substitution ( -- until: the last day, included
    substitution_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    substitute_id uuid NOT NULL,
    teacher_id uuid NOT NULL,
    since date NOT NULL,
    until date NOT NULL
);
CREATE INDEX directory_substitution_substitute_idx ON directory_substitution (substitute_id);
CREATE INDEX directory_substitution_class_idx ON directory_substitution (class_id);
CREATE TABLE directory_guardian (
    pupil_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    since date NOT NULL,
    until date,
    position bigint PRIMARY KEY
);
CREATE INDEX directory_guardian_guardian_idx ON directory_guardian (guardian_id);
CREATE INDEX directory_guardian_pupil_idx ON directory_guardian (pupil_id);
CREATE TABLE directory_consent (
    pupil_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    purpose text NOT NULL,
    since date NOT NULL,
    until date,
    withdrawn boolean NOT NULL,
    position bigint PRIMARY KEY
);
CREATE INDEX directory_consent_pupil_idx ON directory_consent (pupil_id);

-- register_v1: the journal page at any position: valid_from <= position < valid_to. ----------
-- 9223372036854775807 is "still so".

CREATE TABLE register_moment ( -- the last position of every moment
    at timestamptz PRIMARY KEY,
    position bigint NOT NULL
);
CREATE TABLE register_term ( -- of every grade level: the terms of some may be others
    year integer NOT NULL,
    grade_level integer NOT NULL,
    term integer NOT NULL,
    name text NOT NULL,
    starts date NOT NULL,
    ends date NOT NULL,
    valid_from bigint NOT NULL,
    valid_to bigint NOT NULL,
    PRIMARY KEY (year, grade_level, term, valid_from)
);
CREATE TABLE register_roster (
    class_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    since date NOT NULL,
    until date,
    valid_from bigint NOT NULL,
    valid_to bigint NOT NULL,
    PRIMARY KEY (class_id, pupil_id, since, valid_from)
);
CREATE TABLE register_subgroup (
    class_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    since date NOT NULL,
    subgroup_id uuid NOT NULL,
    name text NOT NULL,
    pupils uuid[] NOT NULL,
    valid_from bigint NOT NULL,
    valid_to bigint NOT NULL,
    PRIMARY KEY (class_id, subject_id, since, subgroup_id, valid_from)
);
CREATE TABLE register_lesson (
    lesson_id uuid NOT NULL,
    class_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    subgroup_id uuid,
    teacher_id uuid NOT NULL,
    date date NOT NULL,
    number smallint NOT NULL,
    room text NOT NULL,
    status text NOT NULL, -- SCHEDULED, MOVED, CANCELLED
    valid_from bigint NOT NULL,
    valid_to bigint NOT NULL,
    PRIMARY KEY (lesson_id, valid_from)
);
CREATE INDEX register_lesson_page_idx ON register_lesson (class_id, subject_id, date);
CREATE INDEX register_lesson_day_idx ON register_lesson (date, teacher_id);
CREATE TABLE register_topic (
    lesson_id uuid NOT NULL,
    topic text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    valid_from bigint NOT NULL,
    valid_to bigint NOT NULL,
    PRIMARY KEY (lesson_id, valid_from)
);
CREATE TABLE register_taken ( -- attendance was taken: blank would not be "all present"
    lesson_id uuid PRIMARY KEY,
    valid_from bigint NOT NULL
);
CREATE TABLE register_attendance (
    lesson_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    code text NOT NULL,
    minutes_late smallint NOT NULL,
    valid_from bigint NOT NULL,
    valid_to bigint NOT NULL,
    PRIMARY KEY (lesson_id, pupil_id, valid_from)
);
CREATE INDEX register_attendance_pupil_idx ON register_attendance (pupil_id);
CREATE TABLE register_homework ( -- homework_id = lesson_id and no due_date: nothing was set
    homework_id uuid NOT NULL,
    lesson_id uuid NOT NULL,
    text text NOT NULL,
    payload_id uuid, -- individual homework is in the vault
    individual_for uuid[] NOT NULL,
    due_date date,
    valid_from bigint NOT NULL,
    valid_to bigint NOT NULL,
    PRIMARY KEY (homework_id, valid_from)
);
CREATE INDEX register_homework_lesson_idx ON register_homework (lesson_id);
CREATE TABLE register_mark (
    mark_id uuid NOT NULL,
    class_id uuid NOT NULL,
    lesson_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    value text NOT NULL, -- '' once annulled
    weight text NOT NULL,
    work_type_id uuid NOT NULL,
    comment_id uuid,
    corrected boolean NOT NULL,
    valid_from bigint NOT NULL,
    valid_to bigint NOT NULL,
    PRIMARY KEY (mark_id, valid_from)
);
CREATE INDEX register_mark_lesson_idx ON register_mark (lesson_id);
CREATE TABLE register_term_mark (
    class_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    term integer NOT NULL,
    pupil_id uuid NOT NULL,
    value text NOT NULL,
    average text NOT NULL,
    corrected boolean NOT NULL,
    valid_from bigint NOT NULL,
    valid_to bigint NOT NULL,
    PRIMARY KEY (class_id, subject_id, term, pupil_id, valid_from)
);
CREATE INDEX register_term_mark_pupil_idx ON register_term_mark (pupil_id);

-- diary_v1: one ready document per pupil and week, and the small states it is made of. --------

CREATE TABLE diary_year (
    year integer PRIMARY KEY,
    state bytea NOT NULL
);
CREATE TABLE diary_person (
    person_id uuid PRIMARY KEY,
    state bytea NOT NULL
);
CREATE TABLE diary_class (
    class_id uuid PRIMARY KEY,
    state bytea NOT NULL, -- name, roster, subgroups, substitutions
    lessons bytea NOT NULL -- lesson → Monday
);
CREATE TABLE diary_week (
    class_id uuid NOT NULL,
    monday date NOT NULL,
    people text NOT NULL, -- whose names are in its documents, pupils aside; with spaces
    state bytea NOT NULL,
    PRIMARY KEY (class_id, monday)
);
CREATE TABLE diary_text ( -- where a text of the vault is shown: erasure finds it here
    payload_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    monday date NOT NULL,
    mark_id uuid
);
CREATE TABLE diary_mark (
    mark_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    monday date NOT NULL,
    pupil_id uuid NOT NULL,
    lesson_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    date date NOT NULL,
    value text NOT NULL, -- '' once annulled
    was text, -- the value before the last correction
    weight text NOT NULL,
    work_type_id uuid NOT NULL,
    comment_id uuid,
    comment text,
    given_at timestamptz NOT NULL,
    position bigint NOT NULL -- where it was given
);
CREATE INDEX diary_mark_week_idx ON diary_mark (class_id, monday);
CREATE INDEX diary_mark_pupil_idx ON diary_mark (pupil_id, date);
CREATE TABLE diary_v1 (
    pupil_id uuid NOT NULL,
    monday date NOT NULL,
    class_id uuid NOT NULL,
    position bigint NOT NULL, -- the last fact that touched the document
    etag text NOT NULL,
    document bytea NOT NULL, -- gzip of UTF-8 JSON: the server need not compress, a browser unpacks
    PRIMARY KEY (pupil_id, monday)
) WITH (toast_tuple_target = 8160); -- in the row itself: a document is one page to read
ALTER TABLE diary_v1 ALTER COLUMN document SET STORAGE EXTERNAL;

-- trail_v1: who, when, what, before → after, why. ---------------------------------------------

CREATE TABLE trail_year (
    year integer PRIMARY KEY,
    state bytea NOT NULL
);
CREATE TABLE trail_class (
    class_id uuid PRIMARY KEY,
    year integer NOT NULL,
    grade_level integer NOT NULL,
    zone text NOT NULL
);
CREATE TABLE trail_lesson (
    lesson_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    date date NOT NULL,
    number smallint, -- NULL once cancelled: a class's last lesson is one that is held
    absent text NOT NULL -- pupils, with spaces
);
CREATE INDEX trail_lesson_class_idx ON trail_lesson (class_id);
CREATE TABLE trail_v1 (
    position bigint NOT NULL,
    ordinal smallint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL, -- the fact's topic without its prefix
    class_id uuid NOT NULL,
    subject_id uuid,
    lesson_id uuid,
    lesson_date date,
    pupil_id uuid,
    mark_id uuid, -- or the homework, or the debt: what the row is about
    term smallint,
    old_value text,
    value text,
    reason_code text,
    text_id uuid, -- reason or comment, in the vault
    tier text,
    by uuid NOT NULL,
    acting_for uuid, -- role, basis and session are read from the fact itself
    late boolean NOT NULL, -- recorded after the regulation's deadline
    after_term_mark boolean NOT NULL, -- the term mark was there already
    absent_pupil boolean NOT NULL, -- a mark for a pupil recorded absent
    by_substitute boolean NOT NULL,
    imported boolean NOT NULL,
    PRIMARY KEY (position, ordinal)
);
CREATE INDEX trail_class_position_idx ON trail_v1 (class_id, position);
CREATE INDEX trail_pupil_position_idx ON trail_v1 (pupil_id, position) WHERE pupil_id IS NOT NULL;
CREATE INDEX trail_mark_idx ON trail_v1 (mark_id) WHERE mark_id IS NOT NULL;
CREATE INDEX trail_term_mark_idx ON trail_v1 (class_id) WHERE kind = 'term-mark-issued';
CREATE INDEX trail_flag_idx ON trail_v1 (position)
    WHERE late OR after_term_mark OR absent_pupil OR by_substitute;

-- tree_v1: the Merkle tree of RFC 9162 in tiles of sixteen hashes of one level. ----------------

CREATE TABLE tree_tile (
    level smallint NOT NULL, -- 0: leaves; level n holds roots of complete subtrees of 16^n leaves
    idx bigint NOT NULL, -- hashes 16 * idx … of the level
    hashes bytea NOT NULL,
    PRIMARY KEY (level, idx)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON
    bookmark,
    directory_person, directory_year, directory_subject, directory_work_type, directory_staff,
    directory_class, directory_class_teacher, directory_enrolment, directory_subgroup,
    directory_assignment, directory_substitution, directory_guardian, directory_consent,
    register_moment, register_term, register_roster, register_subgroup, register_lesson,
    register_topic, register_taken, register_attendance, register_homework, register_mark,
    register_term_mark,
    diary_year, diary_person, diary_class, diary_week, diary_text, diary_mark, diary_v1,
    trail_year, trail_class, trail_lesson, trail_v1,
    tree_tile
TO letopis_projector;
GRANT SELECT ON
    bookmark,
    directory_person, directory_year, directory_subject, directory_work_type, directory_staff,
    directory_class, directory_class_teacher, directory_enrolment, directory_subgroup,
    directory_assignment, directory_substitution, directory_guardian, directory_consent,
    register_moment, register_term, register_roster, register_subgroup, register_lesson,
    register_topic, register_taken, register_attendance, register_homework, register_mark,
    register_term_mark,
    diary_mark, diary_v1, trail_v1, tree_tile
TO letopis_app, letopis_reader;
-- Texts about people are shown from the vault itself, so that erasing them needs no second place.
GRANT SELECT (id, body) ON payload TO letopis_app;
