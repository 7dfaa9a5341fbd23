-- The log of one school. Facts are added and read; nobody rewrites them, the owner neither.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE facts (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    notification_id bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL CHECK (octet_length(state) <= 60000),
    PRIMARY KEY (originator_id, originator_version)
);
CREATE UNIQUE INDEX facts_notification_id_idx ON facts (notification_id);

-- One row: the last position and moment. Its lock makes positions gapless and in commit order.
CREATE TABLE head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    last bigint NOT NULL,
    at timestamptz NOT NULL
) WITH (fillfactor = 10);
INSERT INTO head (last, at) VALUES (0, '1970-01-01T00:00:00Z');

-- Idempotency: which request became which positions (last, and how many). Kept 30 days.
CREATE TABLE request (
    key uuid PRIMARY KEY,
    fingerprint uuid NOT NULL,
    last bigint NOT NULL,
    count integer NOT NULL,
    at timestamptz NOT NULL
);

-- Ids that callers have brought (marks, lessons, homework …): each is new once in a school.
CREATE TABLE minted (id uuid PRIMARY KEY);

-- The vault: names and texts about people. A fact keeps SHA-256(salt || body); when the row goes,
-- the salt goes with it and the hash can no longer be guessed.
CREATE TABLE payload (
    id uuid PRIMARY KEY,
    subject uuid NOT NULL,
    kind text NOT NULL,
    body text NOT NULL,
    salt bytea NOT NULL CHECK (octet_length(salt) = 16)
);
CREATE INDEX payload_subject_idx ON payload (subject);

-- Slim states, so that a cold command need not fold a whole year. Not part of the record.
CREATE TABLE snapshot (
    originator_id uuid PRIMARY KEY,
    originator_version bigint NOT NULL,
    shape text NOT NULL,
    state bytea NOT NULL
);
-- Uncompressed: a cold command waits for it.
ALTER TABLE snapshot ALTER COLUMN state SET STORAGE EXTERNAL;

CREATE FUNCTION facts_are_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'facts are for ever: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER no_rewrite BEFORE UPDATE OR DELETE ON facts
    FOR EACH ROW EXECUTE FUNCTION facts_are_for_ever();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON facts
    FOR EACH STATEMENT EXECUTE FUNCTION facts_are_for_ever();
CREATE TRIGGER no_truncate BEFORE DELETE OR TRUNCATE ON head
    FOR EACH STATEMENT EXECUTE FUNCTION facts_are_for_ever();
CREATE TRIGGER no_rewrite BEFORE UPDATE ON payload
    FOR EACH ROW EXECUTE FUNCTION facts_are_for_ever();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON payload
    FOR EACH STATEMENT EXECUTE FUNCTION facts_are_for_ever();

CREATE FUNCTION head_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.last < OLD.last OR NEW.at < OLD.at THEN
        RAISE EXCEPTION 'the head only grows: (%, %) after (%, %)', NEW.last, NEW.at, OLD.last, OLD.at
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_grows BEFORE UPDATE ON head
    FOR EACH ROW EXECUTE FUNCTION head_only_grows();

-- ALWAYS: they also fire under session_replication_role = replica.
ALTER TABLE facts ENABLE ALWAYS TRIGGER no_rewrite;
ALTER TABLE facts ENABLE ALWAYS TRIGGER no_truncate;
ALTER TABLE head ENABLE ALWAYS TRIGGER no_truncate;
ALTER TABLE head ENABLE ALWAYS TRIGGER only_grows;
ALTER TABLE payload ENABLE ALWAYS TRIGGER no_rewrite;
ALTER TABLE payload ENABLE ALWAYS TRIGGER no_truncate;

-- The one write door. Answers the last position; -1: the head has moved from `expected`;
-- -2: some of the requests are here already. In both cases nothing is written.
CREATE FUNCTION append(
    ids uuid[], versions bigint[], topics text[], states bytea[],
    moment timestamptz, expected bigint,
    request_keys uuid[], request_fingerprints uuid[], request_ends int[], request_counts int[],
    payload_ids uuid[], payload_subjects uuid[], payload_kinds text[],
    payload_bodies text[], payload_salts bytea[],
    erased uuid[], minted_ids uuid[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    n int := cardinality(ids);
    before head%ROWTYPE;
BEGIN
    SELECT * INTO before FROM head FOR UPDATE;
    IF before.last <> expected THEN
        RETURN -1;
    END IF;
    IF cardinality(request_keys) > 0 THEN
        PERFORM 1 FROM request WHERE key = ANY (request_keys);
        IF FOUND THEN
            RETURN -2;
        END IF;
        INSERT INTO request (key, fingerprint, last, count, at)
        SELECT k, f, before.last + e, c, coalesce(moment, before.at)
        FROM unnest(request_keys, request_fingerprints, request_ends, request_counts) AS u (k, f, e, c);
    END IF;
    UPDATE head SET last = before.last + n, at = coalesce(moment, before.at);
    INSERT INTO facts (originator_id, originator_version, topic, state, notification_id)
    SELECT i, v, t, s, before.last + o
    FROM unnest(ids, versions, topics, states) WITH ORDINALITY AS u (i, v, t, s, o);
    IF cardinality(payload_ids) > 0 THEN
        INSERT INTO payload (id, subject, kind, body, salt)
        SELECT * FROM unnest(payload_ids, payload_subjects, payload_kinds, payload_bodies, payload_salts);
    END IF;
    IF cardinality(erased) > 0 THEN
        -- Only texts about the persons whose facts these are.
        DELETE FROM payload WHERE id = ANY (erased) AND subject = ANY (ids);
    END IF;
    IF cardinality(minted_ids) > 0 THEN
        INSERT INTO minted (id) SELECT unnest(minted_ids);
    END IF;
    RETURN before.last + n;
END $$;

-- The same for a writer without expectations (the library's own contract).
CREATE FUNCTION append_any(ids uuid[], versions bigint[], topics text[], states bytea[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    position bigint;
BEGIN
    SELECT last INTO position FROM head FOR UPDATE;
    RETURN append(ids, versions, topics, states, NULL, position,
        '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}');
END $$;

-- Hold the head until the end of the transaction.
CREATE FUNCTION hold() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT last FROM head FOR UPDATE
$$;

CREATE FUNCTION take_snapshot(id uuid, version bigint, of_shape text, of_state bytea)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    INSERT INTO snapshot (originator_id, originator_version, shape, state)
    VALUES (id, version, of_shape, of_state)
    ON CONFLICT (originator_id) DO UPDATE
    SET originator_version = excluded.originator_version,
        shape = excluded.shape, state = excluded.state
    WHERE snapshot.originator_version <= excluded.originator_version
        OR snapshot.shape <> excluded.shape
$$;

CREATE FUNCTION prune_requests(before timestamptz)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH gone AS (DELETE FROM request WHERE at < before RETURNING 1) SELECT count(*) FROM gone
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA :schema FROM PUBLIC;
GRANT USAGE ON SCHEMA :schema TO letopis_writer, letopis_reader, letopis_app, letopis_projector;
GRANT EXECUTE ON FUNCTION
    append(uuid[], bigint[], text[], bytea[], timestamptz, bigint, uuid[], uuid[], int[], int[],
        uuid[], uuid[], text[], text[], bytea[], uuid[], uuid[]),
    append_any(uuid[], bigint[], text[], bytea[]), hold(),
    take_snapshot(uuid, bigint, text, bytea), prune_requests(timestamptz)
TO letopis_writer;
GRANT SELECT ON facts, head, request, snapshot TO letopis_reader;
GRANT SELECT ON facts, head, payload TO letopis_projector;
GRANT SELECT ON head, facts TO letopis_app;
