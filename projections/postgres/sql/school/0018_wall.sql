-- The second wall: what a door has let through asks as letopis_asker, and sees rows of those people
-- only whom the asker may know by the dated lists of the directory, whatever the program has
-- forgotten to ask. Run with search_path = the school's schema and role = letopis_owner.
--
-- letopis.person: who asks; letopis.day: the school's day. Both are set for one transaction; a
-- connection on which nothing is set sees nobody.

CREATE FUNCTION asker() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('letopis.person', true), '')::uuid
$$;
CREATE FUNCTION asking_day() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('letopis.day', true), '')::date
$$;

-- The administration: the whole school is theirs.
CREATE FUNCTION asker_is_office() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM directory_staff
        WHERE person_id = asker() AND role IN ('director', 'deputy', 'administrator', 'secretary')
            AND since <= asking_day() AND (until IS NULL OR asking_day() < until)
    )
$$;

-- Classes that the asker reads: taught, substituted, led as class teacher, opened to an auditor.
CREATE FUNCTION asker_classes() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
    SELECT coalesce(array_agg(class_id), '{}') FROM (
        SELECT class_id FROM directory_assignment WHERE teacher_id = asker()
        UNION SELECT class_id FROM directory_substitution WHERE substitute_id = asker()
        UNION SELECT class_id FROM directory_class_teacher
            WHERE person_id = asker() AND since <= asking_day()
                AND (until IS NULL OR asking_day() < until)
        UNION SELECT c.class_id FROM grant_journals g JOIN directory_class c
            ON g.class_ids = '{}' OR c.class_id = ANY (g.class_ids)
            WHERE g.person_id = asker() AND g.since <= asking_day()
                AND asking_day() < least(g.until, coalesce(g.closed_on, g.until))
    ) AS reached
$$;

-- Of these, those opened to an auditor alone.
CREATE FUNCTION asker_opened() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
    SELECT coalesce(array_agg(c.class_id), '{}')
    FROM grant_journals g JOIN directory_class c
        ON g.class_ids = '{}' OR c.class_id = ANY (g.class_ids)
    WHERE g.person_id = asker() AND g.since <= asking_day()
        AND asking_day() < least(g.until, coalesce(g.closed_on, g.until))
$$;

-- Oneself and one's children, unless a document keeps the asker away.
CREATE FUNCTION asker_family() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
    SELECT array_agg(pupil_id) FROM (
        SELECT asker() AS pupil_id
        UNION SELECT g.pupil_id FROM directory_guardian g
            WHERE g.guardian_id = asker() AND g.since <= asking_day()
                AND (g.until IS NULL OR asking_day() < g.until)
                AND NOT EXISTS (
                    SELECT FROM grant_limit l
                    WHERE l.pupil_id = g.pupil_id AND l.guardian_id = g.guardian_id
                        AND l.since <= asking_day() AND (l.until IS NULL OR asking_day() < l.until)
                )
    ) AS own
$$;

-- Facts about the family, which its history of a mark tells of.
CREATE FUNCTION asker_positions() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
    SELECT coalesce(array_agg(position), '{}') FROM trail_v1 WHERE pupil_id = ANY (asker_family())
$$;

-- People whom the asker may know of: the family, the pupils of the classes above and whoever
-- answers for any of these pupils. Staff have names on the door: a policy of their own.
CREATE FUNCTION asker_people() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
    WITH pupils AS (
        SELECT unnest(asker_family()) AS pupil_id
        UNION SELECT pupil_id FROM directory_enrolment WHERE class_id = ANY (asker_classes())
    )
    SELECT array_agg(person_id) FROM (
        SELECT pupil_id AS person_id FROM pupils
        UNION SELECT guardian_id FROM directory_guardian JOIN pupils USING (pupil_id)
    ) AS known
$$;

GRANT USAGE ON SCHEMA :schema TO letopis_asker;
GRANT EXECUTE ON FUNCTION asker(), asking_day(), asker_is_office(), asker_classes(), asker_opened(),
    asker_family(), asker_positions(), asker_people() TO letopis_asker;
REVOKE EXECUTE
    ON FUNCTION asker(), asking_day(), asker_is_office(), asker_classes(), asker_opened(), asker_family(),
        asker_positions(), asker_people()
    FROM PUBLIC;

-- What the web process reads as itself, the asker may read behind the wall; not what is the
-- program's own: accounts, sessions, tokens and codes.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN
        SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = ':schema'::regnamespace AND c.relkind IN ('r', 'v')
            AND has_table_privilege('letopis_app', c.oid, 'SELECT')
            AND c.relname NOT IN ('account', 'session', 'sign_in_failure', 'second_factor',
                'recovery_code', 'api_token')
    LOOP
        EXECUTE format('GRANT SELECT ON %s TO letopis_asker', t.name);
    END LOOP;
    GRANT SELECT (id, subject, kind, body) ON payload TO letopis_asker;
    -- Rows of people: the program itself as ever, the asker by the lists.
    FOR t IN
        SELECT * FROM (VALUES
            ('facts', 'originator_id = ANY ((SELECT asker_classes())::uuid[])'
                ' OR notification_id = ANY ((SELECT asker_positions())::bigint[])'),
            ('payload', 'subject = ANY ((SELECT asker_people())::uuid[])'),
            ('directory_person', 'kind = ''staff'' OR person_id = ANY ((SELECT asker_people())::uuid[])'),
            ('diary_mark', 'pupil_id = ANY ((SELECT asker_people())::uuid[])'),
            ('consent_given', 'pupil_id = ANY ((SELECT asker_people())::uuid[])'),
            ('access_log', 'subject = ANY ((SELECT asker_people())::text[]) OR person_id = (SELECT asker())'),
            ('result_mark', 'class_id = ANY ((SELECT asker_classes())::uuid[]) OR pupil_id = ANY ((SELECT asker_people())::uuid[])'),
            ('result_council', 'class_id = ANY ((SELECT asker_classes())::uuid[]) OR pupil_id = ANY ((SELECT asker_people())::uuid[])'),
            ('result_request', 'class_id = ANY ((SELECT asker_classes())::uuid[])'),
            -- red flags: of an auditor those of the open journals, of a teacher none
            ('red_flag', 'class_id = ANY ((SELECT asker_opened())::uuid[])'),
            ('red_flag_mark', 'false'), -- what their fold remembers: for figures of the office
            ('red_flag_lesson', 'false'),
            ('red_flag_term_mark', 'false'),
            ('trail_v1', 'class_id = ANY ((SELECT asker_classes())::uuid[]) OR pupil_id = ANY ((SELECT asker_people())::uuid[])')
        ) AS walled (name, theirs)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.name);
        EXECUTE format('CREATE POLICY program ON %I TO letopis_app, letopis_reader,'
            ' letopis_projector, letopis_sealer USING (true) WITH CHECK (true)', t.name);
        EXECUTE format('CREATE POLICY asker ON %I FOR SELECT TO letopis_asker'
            ' USING ((SELECT asker_is_office()) OR %s)', t.name, t.theirs);
    END LOOP;
END $$;
