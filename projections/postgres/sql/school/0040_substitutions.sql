-- By which order a substitute was appointed, when and by whom: for the sheet of the day. The office
-- is folded again from the log. Run with search_path = the school's schema, role = letopis_owner.

CREATE TABLE office_substitution ( -- who, for whom and when: directory_substitution
    substitution_id uuid PRIMARY KEY,
    order_no text NOT NULL,
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    position bigint NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON office_substitution TO letopis_projector;
GRANT SELECT ON office_substitution TO letopis_app, letopis_reader, letopis_asker;

TRUNCATE office_movement, office_year, office_timetable, office_plan;
UPDATE bookmark SET position = 0, generation = generation + 1 WHERE name = 'office_v1';

-- what became of a lesson of the timetable
CREATE INDEX trail_lesson_change_idx ON trail_v1 (lesson_id)
    WHERE kind IN ('lesson-added', 'lesson-cancelled', 'lesson-moved', 'room-changed');
