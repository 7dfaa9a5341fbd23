-- Who signs in, who is signed in, who looked. Not facts: a log that cannot forget is no place for
-- secrets, and who looked is 10–100 times the volume of what happened.

CREATE TABLE account (
    person_id uuid PRIMARY KEY,
    login text NOT NULL UNIQUE CHECK (login = lower(login) AND length(login) BETWEEN 1 AND 100),
    hash text CHECK (hash LIKE '$argon2id$%'), -- NULL: nobody signs in
    must_change boolean NOT NULL,
    issued_at timestamptz NOT NULL,
    issued_by bytea, -- the request that issued the password: a repeat does not issue another
    good_until timestamptz, -- a one-time password is good so long
    disabled_at timestamptz
);

CREATE TABLE session (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    session_id uuid NOT NULL UNIQUE, -- the opaque id that facts and the access log keep
    person_id uuid NOT NULL REFERENCES account,
    created timestamptz NOT NULL,
    seen timestamptz NOT NULL,
    auth_time timestamptz NOT NULL,
    idle_s integer NOT NULL CHECK (idle_s > 0),
    ip inet,
    user_agent text,
    revoked timestamptz,
    why text
);
CREATE INDEX session_person_idx ON session (person_id) WHERE revoked IS NULL;

-- Failed sign-ins by login and address: another address is not locked out by them.
CREATE TABLE sign_in_failure (
    login text NOT NULL,
    address inet NOT NULL,
    fails integer NOT NULL,
    last timestamptz NOT NULL,
    locked_until timestamptz,
    PRIMARY KEY (login, address)
);

-- Who opened what, refusals too. Added and read, never changed.
CREATE TABLE access_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    person_id uuid,
    session_id uuid,
    act text NOT NULL,
    subject text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('ok', 'refused')),
    basis text NOT NULL DEFAULT ''
);
CREATE INDEX access_log_subject_idx ON access_log (subject, at);

CREATE TRIGGER no_rewrite BEFORE UPDATE OR DELETE ON access_log
    FOR EACH ROW EXECUTE FUNCTION facts_are_for_ever();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION facts_are_for_ever();
ALTER TABLE access_log ENABLE ALWAYS TRIGGER no_rewrite;
ALTER TABLE access_log ENABLE ALWAYS TRIGGER no_truncate;

GRANT SELECT, INSERT, UPDATE ON account TO letopis_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON session, sign_in_failure TO letopis_app;
GRANT SELECT, INSERT ON access_log TO letopis_app;
