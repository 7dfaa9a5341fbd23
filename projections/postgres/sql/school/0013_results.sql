-- results_v1: term, year, examination and final marks with what was suggested; the council's
-- decisions; debts; when terms were closed and opened again; requests for corrections. Run with
-- search_path = the school's schema and role = letopis_owner.

CREATE TABLE result_mark (
    class_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    kind text NOT NULL, -- term, year, exam, final
    term integer NOT NULL, -- 0 where it is not of a term
    value text NOT NULL,
    was text, -- the value before the last correction
    average text NOT NULL,
    suggested text NOT NULL,
    version text NOT NULL, -- of the regulation
    missed_share text NOT NULL,
    reason_code text, -- why it is not the suggested one, or why it was corrected
    text_id uuid, -- in the vault
    held_on date, -- of an examination
    imported boolean NOT NULL,
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    PRIMARY KEY (class_id, subject_id, pupil_id, kind, term)
);
CREATE INDEX result_mark_pupil_idx ON result_mark (pupil_id);

CREATE TABLE result_council (
    class_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    decision text NOT NULL,
    was text,
    protocol_no text NOT NULL,
    protocol_date date NOT NULL,
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    PRIMARY KEY (class_id, pupil_id)
);
CREATE INDEX result_council_pupil_idx ON result_council (pupil_id);

CREATE TABLE result_debt (
    debt_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    lesson_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    work_type_id uuid NOT NULL,
    due_date date NOT NULL,
    resolved boolean NOT NULL
);
CREATE INDEX result_debt_class_idx ON result_debt (class_id) WHERE NOT resolved;

CREATE TABLE result_closing (
    class_id uuid NOT NULL,
    term integer NOT NULL,
    position bigint NOT NULL,
    closed boolean NOT NULL, -- else opened again
    order_no text NOT NULL,
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    PRIMARY KEY (class_id, term, position)
);

CREATE TABLE result_request (
    request_id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    mark_id uuid NOT NULL,
    saw text NOT NULL,
    value text NOT NULL, -- '': to be annulled
    reason_code text NOT NULL,
    text_id uuid NOT NULL,
    by uuid NOT NULL,
    at timestamptz NOT NULL,
    answer text NOT NULL, -- '', approved, rejected
    tier text NOT NULL,
    order_no text NOT NULL,
    term_mark text NOT NULL, -- '', kept, changed
    answer_id uuid, -- in the vault
    answered_by uuid,
    answered_at timestamptz
);
CREATE INDEX result_request_by_idx ON result_request (by);
CREATE INDEX result_request_open_idx ON result_request (at) WHERE answer = '';

GRANT SELECT, INSERT, UPDATE, DELETE
    ON result_mark, result_council, result_debt, result_closing, result_request
    TO letopis_projector;
GRANT SELECT ON result_mark, result_council, result_debt, result_closing, result_request
    TO letopis_app, letopis_reader;
