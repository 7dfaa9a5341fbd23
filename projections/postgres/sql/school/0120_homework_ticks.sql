-- «Сделано»: what a family has ticked of the homework. No fact: see docs/decisions/0032.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE homework_tick (
    pupil_id uuid NOT NULL,
    homework_id uuid NOT NULL,
    person_id uuid NOT NULL, -- whose tick it is: the pupil's or a guardian's
    at timestamptz NOT NULL,
    PRIMARY KEY (pupil_id, homework_id, person_id)
);
CREATE INDEX homework_tick_at_idx ON homework_tick (at);

GRANT SELECT, INSERT, DELETE ON homework_tick TO letopis_app;
GRANT SELECT ON homework_tick TO letopis_asker;

-- The family's own: neither the administration nor a teacher reads them.
ALTER TABLE homework_tick ENABLE ROW LEVEL SECURITY;
CREATE POLICY program ON homework_tick TO letopis_app USING (true) WITH CHECK (true);
CREATE POLICY asker ON homework_tick FOR SELECT TO letopis_asker
    USING (pupil_id = ANY ((SELECT asker_family())::uuid[]));
