-- A week may be signed although absences have no reason, where the regulation says so: how many.
-- Run with search_path = the school's schema and role = letopis_owner.

ALTER TABLE classroom_week ADD COLUMN unexplained integer NOT NULL DEFAULT 0;
