-- Files of lessons: which there are and since which position; name and sealed file are in the vault.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE register_file (
    file_id uuid NOT NULL,
    class_id uuid NOT NULL,
    lesson_id uuid NOT NULL,
    kind text NOT NULL,
    name_id uuid NOT NULL,
    body_id uuid NOT NULL,
    media text NOT NULL,
    size integer NOT NULL, -- bytes, as it is kept
    sha256 text NOT NULL,
    valid_from bigint NOT NULL,
    valid_to bigint NOT NULL,
    PRIMARY KEY (file_id, valid_from)
);
CREATE INDEX register_file_lesson_idx ON register_file (lesson_id);
CREATE INDEX register_file_name_idx ON register_file (name_id);
CREATE INDEX register_file_body_idx ON register_file (body_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON register_file TO letopis_projector;
GRANT SELECT ON register_file TO letopis_app, letopis_reader, letopis_asker;

-- The wall (0018_wall.sql): whoever reads the class, and families of who was on the list of that
-- very lesson: of the class that day, and of the subgroup where the lesson has one.
CREATE FUNCTION asker_attended(lesson uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM register_lesson l JOIN register_roster r USING (class_id)
        WHERE l.lesson_id = lesson AND l.valid_to = 9223372036854775807
            AND r.valid_to = 9223372036854775807 AND r.pupil_id = ANY (asker_family())
            AND r.since <= l.date AND (r.until IS NULL OR l.date < r.until)
            AND (l.subgroup_id IS NULL OR EXISTS (
                SELECT FROM register_subgroup g
                WHERE g.class_id = l.class_id AND g.subject_id = l.subject_id
                    AND g.subgroup_id = l.subgroup_id AND r.pupil_id = ANY (g.pupils)
                    AND g.valid_to = 9223372036854775807 AND g.since = (
                        SELECT max(o.since) FROM register_subgroup o
                        WHERE o.class_id = l.class_id AND o.subject_id = l.subject_id
                            AND o.valid_to = 9223372036854775807 AND o.since <= l.date)
            ))
    )
$$;

-- A text or a file of the vault that belongs to a lesson which the asker may see; of a removed file
-- whoever reads the class still sees the name, in the trail.
CREATE FUNCTION asker_has_file(payload uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM register_file f WHERE payload IN (f.name_id, f.body_id)
            AND (f.class_id = ANY (asker_classes())
                OR f.valid_to = 9223372036854775807 AND asker_attended(f.lesson_id))
    )
$$;
GRANT EXECUTE ON FUNCTION asker_attended(uuid), asker_has_file(uuid) TO letopis_asker;
REVOKE EXECUTE ON FUNCTION asker_attended(uuid), asker_has_file(uuid) FROM PUBLIC;

ALTER TABLE register_file ENABLE ROW LEVEL SECURITY;
CREATE POLICY program ON register_file TO letopis_app, letopis_reader, letopis_projector,
    letopis_sealer USING (true) WITH CHECK (true);
CREATE POLICY asker ON register_file FOR SELECT TO letopis_asker
    USING ((SELECT asker_is_office()) OR class_id = ANY ((SELECT asker_classes())::uuid[])
        OR asker_attended(lesson_id));

ALTER POLICY asker ON payload USING ((SELECT asker_is_office())
    OR subject = ANY ((SELECT asker_people())::uuid[])
    OR id = ANY ((SELECT asker_words())::uuid[])
    OR kind IN ('title', 'scan') AND asker_has_file(id));
