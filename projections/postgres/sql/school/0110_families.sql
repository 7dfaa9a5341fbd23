-- What families decide and are told: classroom_v1 goes on with words of teachers to forecasts and with
-- letters that went to guardians, grants_v1 with families that want no forecast.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE classroom_forecast (
    class_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    term integer NOT NULL,
    hidden boolean NOT NULL,
    note_id uuid, -- of the vault
    at timestamptz NOT NULL,
    by uuid,
    PRIMARY KEY (class_id, pupil_id, subject_id, term)
);

CREATE TABLE classroom_letter (
    position bigint NOT NULL, -- of the fact
    class_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    term integer NOT NULL, -- 0: the year
    as_of bigint NOT NULL, -- the position that the letter was counted at
    guardian_ids uuid[] NOT NULL,
    how text NOT NULL, -- domain.journal.outcome_facts.Delivery
    at timestamptz NOT NULL,
    by uuid,
    PRIMARY KEY (position)
);
CREATE INDEX classroom_letter_class_idx ON classroom_letter (class_id, term);
CREATE INDEX classroom_letter_pupil_idx ON classroom_letter (pupil_id, term);

CREATE TABLE grant_no_forecast (
    pupil_id uuid PRIMARY KEY,
    at timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON classroom_forecast, classroom_letter, grant_no_forecast
    TO letopis_projector;
GRANT SELECT ON classroom_forecast, classroom_letter, grant_no_forecast
    TO letopis_app, letopis_reader, letopis_asker;

DO $$
DECLARE
    t record;
    of_pupil text := '(SELECT asker_is_office()) OR pupil_id = ANY ((SELECT asker_people())::uuid[])';
    of_class text := of_pupil || ' OR class_id = ANY ((SELECT asker_classes())::uuid[])';
BEGIN
    FOR t IN
        SELECT * FROM (VALUES
            ('classroom_forecast', of_class),
            ('classroom_letter', of_class),
            ('grant_no_forecast', of_pupil)
        ) AS walled (name, theirs)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.name);
        EXECUTE format('CREATE POLICY program ON %I TO letopis_app, letopis_reader,'
            ' letopis_projector, letopis_sealer USING (true) WITH CHECK (true)', t.name);
        EXECUTE format('CREATE POLICY asker ON %I FOR SELECT TO letopis_asker USING (%s)',
            t.name, t.theirs);
    END LOOP;
END $$;
