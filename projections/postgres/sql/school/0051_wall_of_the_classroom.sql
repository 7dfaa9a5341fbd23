-- The second wall (0018_wall.sql) around what came after it: what class teachers keep of pupils,
-- movements and debts, conversations, the two books of the office, reminders.
-- Run with search_path = the school's schema and role = letopis_owner.

-- Conversations of the asker, the words in them and the people of them. Nobody else's, and not the
-- administration's either.
CREATE FUNCTION asker_talks() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
    SELECT coalesce(array_agg(conversation_id), '{}') FROM talk WHERE asker() IN (asker_id, asked_id)
$$;
CREATE FUNCTION asker_words() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
    SELECT coalesce(array_agg(w.text_id), '{}')
    FROM talk x JOIN talk_word w USING (conversation_id) WHERE asker() IN (x.asker_id, x.asked_id)
$$;
CREATE FUNCTION asker_partners() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
    SELECT coalesce(array_agg(person_id), '{}')
    FROM talk, unnest(ARRAY[asker_id, asked_id, pupil_id, guardian_id]) AS person_id
    WHERE asker() IN (asker_id, asked_id)
$$;

-- The register of the municipal service is not the deputy's.
CREATE FUNCTION asker_keeps_register() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM directory_staff
        WHERE person_id = asker() AND role IN ('director', 'administrator', 'secretary')
            AND since <= asking_day() AND (until IS NULL OR asking_day() < until)
    )
$$;

GRANT EXECUTE ON FUNCTION asker_talks(), asker_words(), asker_partners(), asker_keeps_register()
    TO letopis_asker;
REVOKE EXECUTE ON FUNCTION asker_talks(), asker_words(), asker_partners(), asker_keeps_register()
    FROM PUBLIC;

-- Who once spoke about a child may read on what was said, and with whom.
ALTER POLICY asker ON payload USING ((SELECT asker_is_office())
    OR subject = ANY ((SELECT asker_people())::uuid[])
    OR id = ANY ((SELECT asker_words())::uuid[]));
ALTER POLICY asker ON directory_person USING ((SELECT asker_is_office())
    OR kind = 'staff' OR person_id = ANY ((SELECT asker_people())::uuid[])
    OR person_id = ANY ((SELECT asker_partners())::uuid[]));

DO $$
DECLARE
    t record;
    of_class text := '(SELECT asker_is_office()) OR class_id = ANY ((SELECT asker_classes())::uuid[])';
    of_pupil text := 'pupil_id = ANY ((SELECT asker_people())::uuid[])';
BEGIN
    FOR t IN
        SELECT * FROM (VALUES
            ('classroom_week', of_class),
            ('classroom_reason', of_class || ' OR ' || of_pupil),
            ('classroom_notice', of_class || ' OR ' || of_pupil),
            ('classroom_comment', of_class || ' OR ' || of_pupil),
            ('classroom_defence', of_class || ' OR ' || of_pupil),
            ('classroom_level', of_class || ' OR ' || of_pupil),
            ('classroom_result', '(SELECT asker_is_office()) OR ' || of_pupil),
            ('office_movement', of_class || ' OR ' || of_pupil),
            ('result_debt', of_class || ' OR ' || of_pupil),
            ('talk', '(SELECT asker()) IN (asker_id, asked_id)'),
            ('talk_word', 'conversation_id = ANY ((SELECT asker_talks())::uuid[])'),
            ('ledger_training', '(SELECT asker_is_office()) OR (SELECT asker()) = ANY (person_ids)'),
            ('ledger_service', '(SELECT asker_keeps_register())'),
            ('reminder', 'person_id = (SELECT asker())')
        ) AS walled (name, theirs)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.name);
        EXECUTE format('CREATE POLICY program ON %I TO letopis_app, letopis_reader,'
            ' letopis_projector, letopis_sealer USING (true) WITH CHECK (true)', t.name);
        EXECUTE format('CREATE POLICY asker ON %I FOR SELECT TO letopis_asker USING (%s)',
            t.name, t.theirs);
    END LOOP;
END $$;
