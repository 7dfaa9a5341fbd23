-- red_flags_v1: what in the journal is worth a look (F1–F11), the facts behind it, and who has
-- looked into it. Run with search_path = the school's schema and role = letopis_owner.

-- What the fold has to remember. --------------------------------------------------------------

CREATE TABLE red_flag_year (
    year integer PRIMARY KEY,
    state bytea NOT NULL -- JSON of projections.redflags.state.Year
);
CREATE TABLE red_flag_class (
    class_id uuid PRIMARY KEY,
    year integer NOT NULL,
    grade_level smallint NOT NULL,
    zone text NOT NULL
);
CREATE TABLE red_flag_lesson (
    lesson_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    date date NOT NULL,
    cancelled boolean NOT NULL,
    topic boolean NOT NULL,
    attended bigint NOT NULL, -- the last fact about attendance, 0: none
    absent text NOT NULL -- pupils, with spaces
);
CREATE INDEX red_flag_lesson_class_idx ON red_flag_lesson (class_id, date);
CREATE TABLE red_flag_mark (
    mark_id uuid PRIMARY KEY,
    lesson_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    by uuid NOT NULL,
    at timestamptz NOT NULL,
    position bigint NOT NULL,
    basis text NOT NULL, -- the right it was given by
    value text NOT NULL,
    alive boolean NOT NULL, -- not annulled
    excused boolean NOT NULL -- a debt was paid with it: the pupil need not have been there
);
CREATE INDEX red_flag_mark_lesson_idx ON red_flag_mark (lesson_id);
CREATE TABLE red_flag_term_mark (
    class_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    term smallint NOT NULL,
    position bigint NOT NULL, -- of the fact that issued it
    PRIMARY KEY (class_id, pupil_id, subject_id, term)
);
CREATE TABLE red_flag_own_right ( -- assignments and substitutions that people gave themselves
    class_id uuid NOT NULL,
    basis text NOT NULL,
    PRIMARY KEY (class_id, basis)
);
CREATE TABLE red_flag_change ( -- corrections and annulments
    position bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    session text NOT NULL,
    class_id uuid NOT NULL,
    upward boolean NOT NULL
);
CREATE INDEX red_flag_change_by_idx ON red_flag_change (by, at);
CREATE TABLE red_flag_hand ( -- the two sign-ins under which a person has written last
    person_id uuid PRIMARY KEY,
    state bytea NOT NULL -- JSON of projections.redflags.state.Hand
);

-- The flags. ----------------------------------------------------------------------------------

CREATE TABLE red_flag (
    code text NOT NULL,
    position bigint NOT NULL, -- of the fact with which it began
    last bigint NOT NULL, -- of the newest fact behind it
    at timestamptz NOT NULL, -- of that fact
    due timestamptz, -- no flag before this moment
    key text, -- what later facts find it by
    class_id uuid, -- NULL: of several
    subject_id uuid,
    lesson_id uuid,
    lesson_date date,
    pupil_id uuid,
    mark_id uuid,
    term smallint,
    by uuid NOT NULL, -- whom it is about
    session text,
    other text, -- another session
    count integer NOT NULL, -- of facts behind it
    detail text NOT NULL, -- JSON: what the sentence needs
    PRIMARY KEY (code, position)
);
CREATE UNIQUE INDEX red_flag_key_idx ON red_flag (key);
CREATE INDEX red_flag_last_idx ON red_flag (last, code, position);
CREATE INDEX red_flag_lesson_idx ON red_flag (lesson_id);
CREATE TABLE red_flag_fact (
    code text NOT NULL,
    flag bigint NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (code, flag, position)
);
CREATE INDEX red_flag_fact_position_idx ON red_flag_fact (position);
CREATE TABLE red_flag_review (
    position bigint PRIMARY KEY,
    code text NOT NULL,
    flag bigint NOT NULL,
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    word_id uuid NOT NULL -- in the vault
);
CREATE INDEX red_flag_review_idx ON red_flag_review (code, flag);

GRANT SELECT, INSERT, UPDATE, DELETE ON red_flag_year, red_flag_class, red_flag_lesson,
    red_flag_mark, red_flag_term_mark, red_flag_own_right, red_flag_change, red_flag_hand,
    red_flag, red_flag_fact, red_flag_review TO letopis_projector;
GRANT SELECT ON red_flag_year, red_flag_class, red_flag_lesson, red_flag_mark, red_flag_term_mark,
    red_flag_own_right, red_flag_change, red_flag_hand, red_flag, red_flag_fact, red_flag_review
    TO letopis_app, letopis_reader;
