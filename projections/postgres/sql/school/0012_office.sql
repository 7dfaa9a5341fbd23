-- The office beyond its first year: who came and went by which order, marks that were brought along,
-- timetables, plans of lessons. Run with search_path = the school's schema, role = letopis_owner.

-- register_v1: marks that a pupil has brought from another class.
CREATE TABLE register_carried (
    class_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    mark_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    date date NOT NULL,
    value text NOT NULL,
    weight text NOT NULL,
    work_type_id uuid NOT NULL,
    from_class uuid NOT NULL, -- where it was given
    valid_from bigint NOT NULL,
    valid_to bigint NOT NULL,
    PRIMARY KEY (class_id, pupil_id, mark_id, valid_from)
);

-- office_v1: movements of pupils.
CREATE TABLE office_movement (
    class_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    kind text NOT NULL, -- arrived, departed
    on_day date NOT NULL, -- the first day with the pupil, or without
    order_no text NOT NULL,
    order_date date,
    other_class uuid, -- of a transfer
    place_id uuid, -- in the vault: where from, where to
    at timestamptz NOT NULL,
    position bigint PRIMARY KEY
);
CREATE INDEX office_movement_class_idx ON office_movement (class_id);
CREATE INDEX office_movement_pupil_idx ON office_movement (pupil_id);

CREATE TABLE office_year (
    office_id uuid PRIMARY KEY,
    year integer NOT NULL UNIQUE,
    bells bytea NOT NULL -- JSON of domain.bells.Bells
);

CREATE TABLE office_timetable (
    class_id uuid NOT NULL,
    since date NOT NULL,
    entries bytea NOT NULL, -- JSON of domain.calendar.TimetableEntry[]
    position bigint PRIMARY KEY
);
CREATE INDEX office_timetable_class_idx ON office_timetable (class_id);

CREATE TABLE office_plan (
    plan_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    subgroup_id uuid,
    lessons bytea NOT NULL, -- JSON of domain.journal.plan_facts.PlannedLesson[]
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    position bigint NOT NULL
);
CREATE INDEX office_plan_place_idx ON office_plan (class_id, subject_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON register_carried, office_movement, office_year, office_timetable, office_plan TO letopis_projector;
GRANT SELECT ON register_carried, office_movement, office_year, office_timetable, office_plan TO letopis_app, letopis_reader;
