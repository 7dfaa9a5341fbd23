-- What a school has written, as plain tables: made of the bare facts and of the names in the vault,
-- with no table of a projection. Written from docs/facts.md and school-journal.md §5.
-- {s} is the schema of the school, {year} the school year.
DROP SCHEMA IF EXISTS recount CASCADE;
CREATE SCHEMA recount;
SET search_path = recount;

CREATE TABLE f AS SELECT notification_id AS n, originator_id::text AS stream, topic,
    j->'fact' AS fact, (j->>'at')::timestamptz AS at, j->>'by' AS by, j->>'session' AS session,
    j->>'acting_for' AS acting_for, coalesce(j->>'origin', 'person') AS origin
FROM {s}.facts, LATERAL (SELECT convert_from(state, 'UTF8')::jsonb AS j) x;
CREATE INDEX ON f (topic);
ANALYZE f;

-- the school ---------------------------------------------------------------------------------
CREATE TABLE office AS SELECT stream, fact->>'zone' AS zone FROM f WHERE topic = 'office.year-opened'
    AND (fact->'calendar'->>'year')::int = {year};
CREATE TABLE rules AS SELECT DISTINCT ON (1) stream, fact->'regulation' AS rule
    FROM f JOIN office USING (stream)
    WHERE topic IN ('office.year-opened', 'office.regulation-adopted') ORDER BY 1, n DESC;
CREATE TABLE calendar AS SELECT DISTINCT ON (1) stream, fact->'calendar' AS calendar
    FROM f JOIN office USING (stream)
    WHERE topic IN ('office.year-opened', 'office.calendar-changed') ORDER BY 1, n DESC;
CREATE TABLE subject AS
    SELECT s->>'subject_id' AS subject_id, s->>'name' AS subject FROM f JOIN office USING (stream),
        jsonb_array_elements(fact->'subjects') s WHERE topic = 'office.year-opened'
    UNION SELECT fact->'subject'->>'subject_id', fact->'subject'->>'name'
        FROM f JOIN office USING (stream) WHERE topic = 'office.subject-introduced';
CREATE TABLE class AS SELECT stream AS class_id, (fact->>'grade_level')::int AS level,
    fact->>'letter' AS letter, (fact->>'grade_level') || (fact->>'letter') AS class
    FROM f WHERE topic = 'journal.opened' AND (fact->>'year')::int = {year};
CREATE TABLE term AS
    WITH own AS (SELECT l::int AS level, t->'terms' AS terms
        FROM calendar, jsonb_array_elements(coalesce(calendar->'tracks', '[]')) t,
            jsonb_array_elements_text(t->'grade_levels') l WHERE jsonb_array_length(t->'terms') > 0)
    SELECT level, (t->>'number')::int AS term, t->>'name' AS name, (t->>'starts')::date AS starts,
        (t->>'ends')::date AS ends
    FROM (SELECT level, coalesce(own.terms, calendar->'terms') AS terms
        FROM calendar, generate_series(1, 11) level LEFT JOIN own USING (level)) x,
        jsonb_array_elements(terms) t;
CREATE TABLE day_off AS SELECT l AS level, d::date AS day
    FROM calendar, jsonb_array_elements(coalesce(calendar->'vacations', '[]')) v,
        generate_series(1, 11) l,
        generate_series((v->>'starts')::date, (v->>'ends')::date, '1 day') d
    WHERE coalesce(v->'grade_levels', '[]') = '[]' OR v->'grade_levels' @> to_jsonb(l)
    UNION SELECT l, h::date FROM calendar, generate_series(1, 11) l,
        jsonb_array_elements_text(coalesce(calendar->'holidays', '[]')) h;

-- people -------------------------------------------------------------------------------------
CREATE TABLE person AS
    WITH told AS (SELECT DISTINCT ON (stream) stream, fact->'name'->>'id' AS id FROM f
        WHERE topic IN ('person.registered', 'person.renamed') ORDER BY stream, n DESC)
    SELECT stream AS person_id, concat_ws(' ', j->>'family', j->>'given',
            nullif(j->>'patronymic', '')) AS name,
        j->>'family' || ' ' || left(j->>'given', 1) || '.'
            || coalesce(' ' || left(nullif(j->>'patronymic', ''), 1) || '.', '') AS short,
        translate(lower(concat_ws(' ', j->>'family', j->>'given', j->>'patronymic')), 'ё', 'е￿')
            AS sorted
    FROM told JOIN {s}.payload p ON p.id::text = told.id, LATERAL (SELECT p.body::jsonb AS j) x;
CREATE TABLE roster AS SELECT e.stream AS class_id, e.fact->>'pupil_id' AS pupil_id, e.n,
    (e.fact->>'since')::date AS since, (SELECT min((d.fact->>'on')::date) FROM f d
        WHERE d.topic = 'journal.pupil-departed' AND d.stream = e.stream AND d.n > e.n
            AND d.fact->>'pupil_id' = e.fact->>'pupil_id') AS until
    FROM f e JOIN class ON class_id = e.stream WHERE topic = 'journal.pupil-enrolled';
CREATE TABLE split AS SELECT stream AS class_id, fact->>'subject_id' AS subject_id,
    (fact->>'since')::date AS since, g->>'subgroup_id' AS subgroup_id, g->>'name' AS name,
    ARRAY(SELECT jsonb_array_elements_text(g->'pupils')) AS pupils
    FROM f JOIN class ON class_id = stream, jsonb_array_elements(fact->'subgroups') g
    WHERE topic = 'journal.subgroup-split-ordered';
CREATE TABLE assigned AS SELECT a.stream AS class_id, a.fact->>'subject_id' AS subject_id,
    a.fact->>'subgroup_id' AS subgroup_id, a.fact->>'teacher_id' AS teacher_id,
    (a.fact->>'since')::date AS since, a.n,
    coalesce((SELECT (r.fact->>'on')::date FROM f r WHERE r.topic = 'journal.teacher-released'
        AND r.fact->>'assignment_id' = a.fact->>'assignment_id'), (a.fact->>'until')::date) AS until
    FROM f a JOIN class ON class_id = a.stream WHERE a.topic = 'journal.teacher-assigned';
CREATE TABLE stands AS SELECT stream AS class_id, fact->>'teacher_id' AS teacher_id,
    fact->>'substitute_id' AS substitute_id, (fact->>'since')::date AS since,
    (fact->>'until')::date AS until FROM f WHERE topic = 'journal.substitution-appointed';

-- lessons ------------------------------------------------------------------------------------
CREATE TABLE lesson AS
    WITH planned AS (
        SELECT l->>0 AS lesson_id, (l->>1)::date AS day, (l->>2)::int AS number, s, stream, at
        FROM f, jsonb_array_elements(fact->'series') s, jsonb_array_elements(s->'lessons') l
        WHERE topic = 'journal.lessons-scheduled'
        UNION ALL SELECT fact->>'lesson_id', (fact->>'date')::date, (fact->>'number')::int, fact,
            stream, at FROM f WHERE topic = 'journal.lesson-added'),
    moved AS (SELECT DISTINCT ON (1) fact->>'lesson_id' AS lesson_id, (fact->>'date')::date AS day,
            (fact->>'number')::int AS number
        FROM f WHERE topic = 'journal.lesson-moved' ORDER BY 1, n DESC),
    gone AS (SELECT jsonb_array_elements_text(fact->'lesson_ids') AS lesson_id
        FROM f WHERE topic = 'journal.lessons-withdrawn')
    SELECT p.lesson_id, p.stream AS class_id, s->>'subject_id' AS subject_id,
        s->>'subgroup_id' AS subgroup_id, s->>'teacher_id' AS teacher_id,
        coalesce(moved.day, p.day) AS day, coalesce(moved.number, p.number) AS number,
        p.at AS planned_at, EXISTS (SELECT FROM f c WHERE c.topic = 'journal.lesson-cancelled'
            AND c.fact->>'lesson_id' = p.lesson_id) AS cancelled
    FROM planned p JOIN class ON class_id = p.stream LEFT JOIN moved USING (lesson_id)
    WHERE p.lesson_id NOT IN (SELECT lesson_id FROM gone);
CREATE TABLE topic AS SELECT DISTINCT ON (1) fact->>'lesson_id' AS lesson_id,
    fact->>'topic' AS topic, coalesce(fact->>'kind', 'LESSON') AS kind,
    coalesce(fact->>'title', '') AS title, min(at) OVER (PARTITION BY fact->>'lesson_id') AS at
    FROM f WHERE topic IN ('journal.topic-recorded', 'journal.topic-corrected') ORDER BY 1, n DESC;
CREATE TABLE taken AS SELECT fact->>'lesson_id' AS lesson_id, min(at) AS at
    FROM f WHERE topic = 'journal.attendance-taken' GROUP BY 1;
CREATE TABLE away AS
    WITH word AS (
        SELECT n, fact->>'lesson_id' AS lesson_id, e->>'pupil_id' AS pupil_id, e->>'code' AS code
        FROM f, jsonb_array_elements(fact->'exceptions') e WHERE topic = 'journal.attendance-taken'
        UNION ALL SELECT n, fact->>'lesson_id', e->>'pupil_id', e->>'code'
        FROM f, jsonb_array_elements(fact->'changes') e
        WHERE topic = 'journal.attendance-corrected'
        UNION ALL SELECT n, e->>'lesson_id', fact->>'pupil_id', e->>'code'
        FROM f, jsonb_array_elements(fact->'changes') e WHERE topic = 'journal.absence-reason-set')
    SELECT DISTINCT ON (lesson_id, pupil_id) lesson_id, pupil_id, code
    FROM word ORDER BY lesson_id, pupil_id, n DESC;
CREATE INDEX ON away (lesson_id, pupil_id);
ANALYZE;
-- who was to be at which lesson with attendance taken, and how it was
CREATE TABLE attended AS
    SELECT l.class_id, l.subject_id, l.lesson_id, l.day, r.pupil_id,
        coalesce(away.code, 'PRESENT') AS code
    FROM lesson l JOIN taken USING (lesson_id)
    JOIN (SELECT DISTINCT class_id, pupil_id FROM roster) r USING (class_id)
    LEFT JOIN away ON away.lesson_id = l.lesson_id AND away.pupil_id = r.pupil_id
    WHERE NOT l.cancelled
        AND EXISTS (SELECT FROM roster o WHERE o.class_id = l.class_id AND o.pupil_id = r.pupil_id
            AND o.since <= l.day AND (o.until IS NULL OR l.day < o.until))
        AND (l.subgroup_id IS NULL OR r.pupil_id = ANY ((SELECT g.pupils FROM split g
            WHERE g.subgroup_id = l.subgroup_id AND g.since <= l.day
            ORDER BY g.since DESC LIMIT 1)::text[]));
CREATE INDEX ON attended (class_id, pupil_id);

-- marks --------------------------------------------------------------------------------------
CREATE TABLE mark AS
    WITH given AS (SELECT n, at, fact->>'mark_id' AS mark_id, fact->>'lesson_id' AS lesson_id,
            fact->>'pupil_id' AS pupil_id, fact->>'value' AS value, fact->>'weight' AS weight
        FROM f WHERE topic = 'journal.mark-given'),
    later AS (SELECT DISTINCT ON (1) fact->>'mark_id' AS mark_id, fact->>'value' AS value
        FROM f WHERE topic IN ('journal.mark-corrected', 'journal.mark-annulled')
        ORDER BY 1, n DESC),
    carried AS (SELECT DISTINCT ON (c->>'mark_id') c->>'mark_id' AS mark_id, stream AS class_id,
            c->>'subject_id' AS subject_id, fact->>'pupil_id' AS pupil_id,
            (c->>'date')::date AS day, c->>'value' AS value, c->>'weight' AS weight
        FROM f, jsonb_array_elements(fact->'marks') c WHERE topic = 'journal.marks-carried'
        ORDER BY 1, n DESC),
    dropped AS (SELECT jsonb_array_elements_text(fact->'annulled') AS mark_id
        FROM f WHERE topic = 'journal.marks-carried')
    SELECT given.mark_id, l.class_id, l.subject_id, given.pupil_id, l.day, l.lesson_id,
        l.teacher_id, given.weight::numeric AS weight, given.at,
        CASE WHEN later.mark_id IS NULL THEN given.value ELSE later.value END AS value, l.number,
        given.n
    FROM given JOIN lesson l USING (lesson_id) LEFT JOIN later USING (mark_id)
    WHERE NOT l.cancelled AND NOT (later.mark_id IS NOT NULL AND later.value IS NULL)
    UNION ALL SELECT mark_id, class_id, subject_id, pupil_id, day, NULL, NULL, weight::numeric,
        NULL, value, 0, 0
    FROM carried JOIN class USING (class_id) WHERE mark_id NOT IN (SELECT mark_id FROM dropped);
CREATE INDEX ON mark (class_id, pupil_id);
CREATE TABLE term_mark AS
    SELECT DISTINCT ON (1, 2, 3, 4) stream AS class_id, fact->>'subject_id' AS subject_id,
        fact->>'pupil_id' AS pupil_id, (fact->>'term')::int AS term, fact->>'value' AS value
    FROM f JOIN class ON class_id = stream
    WHERE topic IN ('journal.term-mark-issued', 'journal.term-mark-corrected')
    ORDER BY 1, 2, 3, 4, n DESC;
-- marks of the terms before that a pupil brought from another class of the year
CREATE TABLE brought AS SELECT DISTINCT ON (1, 2, 3, 4) stream AS class_id,
    c->>'subject_id' AS subject_id, fact->>'pupil_id' AS pupil_id, (c->>'term')::int AS term,
    c->>'value' AS value
    FROM f JOIN class ON class_id = stream, jsonb_array_elements(fact->'term_marks') c
    WHERE topic = 'journal.marks-carried' AND NOT EXISTS (SELECT FROM term_mark own
        WHERE (own.class_id, own.subject_id, own.pupil_id, own.term)
            = (stream, c->>'subject_id', fact->>'pupil_id', (c->>'term')::int))
    ORDER BY 1, 2, 3, 4, n DESC;
CREATE TABLE result AS SELECT DISTINCT ON (1, 2, 3, 4) stream AS class_id,
    split_part(split_part(topic, '.', 2), '-', 1) AS kind, fact->>'subject_id' AS subject_id,
    fact->>'pupil_id' AS pupil_id, fact->>'value' AS value
    FROM f JOIN class ON class_id = stream
    WHERE topic ~ '^journal\.(year|exam|final)-mark-(issued|recorded|corrected)$'
    ORDER BY 1, 2, 3, 4, n DESC;
-- marks of a period: term 0 is the year
CREATE TABLE period_mark AS SELECT * FROM term_mark
    UNION ALL SELECT class_id, subject_id, pupil_id, 0, value FROM result WHERE kind = 'year';
CREATE TABLE debt AS SELECT r.fact->>'lesson_id' AS lesson_id, r.fact->>'pupil_id' AS pupil_id,
    (r.fact->>'due_date')::date AS due FROM f r WHERE r.topic = 'journal.debt-raised'
    AND NOT EXISTS (SELECT FROM f d WHERE d.topic = 'journal.debt-resolved'
        AND d.fact->>'debt_id' = r.fact->>'debt_id');
-- a subject is taught in a class when it has lessons there
CREATE TABLE taught AS SELECT DISTINCT class_id, subject_id FROM lesson;
