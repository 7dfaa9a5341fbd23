-- classroom_v1 goes on: which weeks of the diary guardians have signed as read.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE classroom_acknowledgement (
    pupil_id uuid NOT NULL,
    monday date NOT NULL,
    guardian_id uuid NOT NULL,
    class_id uuid NOT NULL,
    position bigint NOT NULL, -- of the log, when the week was read
    at timestamptz NOT NULL,
    PRIMARY KEY (pupil_id, monday, guardian_id)
);
CREATE INDEX classroom_acknowledgement_class_idx ON classroom_acknowledgement (class_id, monday);

GRANT SELECT, INSERT, UPDATE, DELETE ON classroom_acknowledgement TO letopis_projector;
GRANT SELECT ON classroom_acknowledgement TO letopis_app, letopis_reader, letopis_asker;

ALTER TABLE classroom_acknowledgement ENABLE ROW LEVEL SECURITY;
CREATE POLICY program ON classroom_acknowledgement
    TO letopis_app, letopis_reader, letopis_projector, letopis_sealer
    USING (true) WITH CHECK (true);
CREATE POLICY asker ON classroom_acknowledgement FOR SELECT TO letopis_asker
    USING ((SELECT asker_is_office()) OR pupil_id = ANY ((SELECT asker_people())::uuid[]));
