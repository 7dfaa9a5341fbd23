-- A decision of the council is about promotion or about admission to the state examination: a pupil
-- has one of each. Run with search_path = the school's schema and role = letopis_owner.

ALTER TABLE result_council ADD COLUMN matter text NOT NULL DEFAULT 'promotion';
ALTER TABLE result_council DROP CONSTRAINT result_council_pkey;
ALTER TABLE result_council ADD PRIMARY KEY (class_id, pupil_id, matter);
