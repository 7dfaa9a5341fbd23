-- «По партам»: where pupils sit at the lessons of a teacher. No fact: see docs/decisions/0035.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE seat (
    person_id uuid NOT NULL, -- whose arrangement it is: the teacher's
    group_id uuid NOT NULL, -- of a subgroup, or of the class
    pupil_id uuid NOT NULL,
    lane smallint NOT NULL CHECK (lane BETWEEN 1 AND 4), -- «ряд»: desks behind each other
    desk smallint NOT NULL CHECK (desk BETWEEN 1 AND 8), -- from the blackboard
    side smallint NOT NULL CHECK (side BETWEEN 1 AND 2),
    at timestamptz NOT NULL,
    PRIMARY KEY (person_id, group_id, pupil_id),
    UNIQUE (person_id, group_id, lane, desk, side)
);
CREATE INDEX seat_pupil_id_idx ON seat (pupil_id);

GRANT SELECT, INSERT, DELETE ON seat TO letopis_app;
GRANT SELECT ON seat TO letopis_asker;

-- The teacher's own: nobody else reads it, the administration included.
ALTER TABLE seat ENABLE ROW LEVEL SECURITY;
CREATE POLICY program ON seat TO letopis_app USING (true) WITH CHECK (true);
CREATE POLICY asker ON seat FOR SELECT TO letopis_asker USING (person_id = (SELECT asker()));
