-- grants_v1: who may read what beyond one's role, and who may not although linked; whose hand a
-- record is of. Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE grant_journals (
    grant_id uuid PRIMARY KEY,
    office_id uuid NOT NULL, -- the office stream that it is on
    person_id uuid NOT NULL,
    class_ids uuid[] NOT NULL, -- empty: every journal
    since date NOT NULL,
    until date NOT NULL, -- the first day without
    order_no text NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by uuid NOT NULL,
    closed_on date -- before its time
);
CREATE INDEX grant_journals_person_idx ON grant_journals (person_id);

CREATE TABLE grant_limit (
    pupil_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    since date NOT NULL,
    until date, -- the first day without
    position bigint NOT NULL,
    PRIMARY KEY (pupil_id, guardian_id)
);
CREATE INDEX grant_limit_guardian_idx ON grant_limit (guardian_id);

CREATE TABLE grant_of_age (
    pupil_id uuid PRIMARY KEY
);

CREATE TABLE grant_glass (
    glass_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    by uuid NOT NULL,
    at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    reason_id uuid NOT NULL, -- in the vault
    reviewed_at timestamptz,
    reviewed_by uuid,
    PRIMARY KEY (pupil_id, glass_id)
);
CREATE INDEX grant_glass_by_idx ON grant_glass (by);

CREATE TABLE grant_verdict (
    person_id uuid NOT NULL,
    position bigint NOT NULL, -- of the record in question
    verdict text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (person_id, position)
);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON grant_journals, grant_limit, grant_of_age, grant_glass, grant_verdict TO letopis_projector;
GRANT SELECT ON grant_journals, grant_limit, grant_of_age, grant_glass, grant_verdict
    TO letopis_app, letopis_reader;
