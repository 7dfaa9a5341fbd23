-- Second factors, personal tokens, suspicion: the rest of who signs in. Not facts, as in 0002.
-- Run with search_path = the school's schema and role = letopis_owner.

-- A secret that makes codes (RFC 6238). It lies here as it is, for the server must compute with it;
-- who reads this table reads the whole school anyway (docs/decisions/0015-second-factor.md).
CREATE TABLE second_factor (
    person_id uuid PRIMARY KEY REFERENCES account,
    secret bytea CHECK (octet_length(secret) = 20), -- NULL: shown, not yet confirmed by a code
    confirmed timestamptz,
    pending bytea CHECK (octet_length(pending) = 20), -- shown; a code of it makes it the secret
    last_step bigint NOT NULL DEFAULT 0, -- a code is good once: steps only grow
    CHECK ((secret IS NULL) = (confirmed IS NULL))
);

-- Codes on paper for a lost telephone: 118 bits each, so that a plain SHA-256 keeps them.
CREATE TABLE recovery_code (
    person_id uuid NOT NULL REFERENCES account,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    used timestamptz,
    PRIMARY KEY (person_id, hash)
);

-- Tokens for programs: shown once, kept as SHA-256.
CREATE TABLE api_token (
    token_id uuid PRIMARY KEY, -- made of the request: a repeat issues no other; facts and the
    -- access log keep it as a session
    token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    person_id uuid NOT NULL REFERENCES account,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    created timestamptz NOT NULL,
    until timestamptz NOT NULL CHECK (until > created),
    last_used timestamptz,
    revoked timestamptz,
    why text
);
CREATE INDEX api_token_person_idx ON api_token (person_id);

-- Since when, who and why thinks that somebody else knows the password (clause 3.3.6). Words may
-- name people, so they are here, where they can be forgotten, and not in a fact.
ALTER TABLE account
    ADD COLUMN suspected_at timestamptz,
    ADD COLUMN suspected_by uuid,
    ADD COLUMN suspicion text;

-- Who has signed in from where before: not slowed down by what others do at that address.
CREATE INDEX session_person_ip_idx ON session (person_id, ip);

GRANT SELECT, INSERT, UPDATE, DELETE ON second_factor, recovery_code, api_token TO letopis_app;
