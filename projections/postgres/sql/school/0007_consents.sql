-- consents_v1: every consent of every family, with its paper, and how it ended.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE consent_given (
    position bigint PRIMARY KEY,
    pupil_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    purpose text NOT NULL,
    since date NOT NULL,
    until date, -- the first day without it
    given_at timestamptz NOT NULL,
    given_by uuid NOT NULL,
    paper_id uuid, -- its points and its scan, in the vault
    scan_id uuid,
    media text,
    withdrawn_at timestamptz,
    withdrawn_by uuid
);
CREATE INDEX consent_given_pupil_idx ON consent_given (pupil_id, guardian_id, purpose);

GRANT SELECT, INSERT, UPDATE, DELETE ON consent_given TO letopis_projector;
GRANT SELECT ON consent_given TO letopis_app, letopis_reader;
