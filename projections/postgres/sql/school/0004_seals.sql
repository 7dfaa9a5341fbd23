-- Seals: signed checkpoints of the tree, and what is known about keys and checks.
-- Run with search_path = the school's schema and role = letopis_owner.

-- A checkpoint is signed by the sealer, who also keeps its last one outside of PostgreSQL.
CREATE TABLE checkpoint (
    size bigint PRIMARY KEY CHECK (size > 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    note text NOT NULL, -- C2SP tlog-checkpoint with the log's own signatures
    why text NOT NULL CHECK (why IN ('grown', 'day-close', 'statement', 'asked')),
    at timestamptz NOT NULL
);

-- Signature lines of witnesses; the note is shown with them.
CREATE TABLE cosignature (
    size bigint NOT NULL REFERENCES checkpoint,
    witness text NOT NULL, -- its verifier key
    line text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (size, witness)
);

CREATE TRIGGER no_rewrite BEFORE UPDATE OR DELETE ON checkpoint
    FOR EACH ROW EXECUTE FUNCTION facts_are_for_ever();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION facts_are_for_ever();
CREATE TRIGGER no_rewrite BEFORE UPDATE OR DELETE ON cosignature
    FOR EACH ROW EXECUTE FUNCTION facts_are_for_ever();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION facts_are_for_ever();
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER no_rewrite;
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER no_truncate;
ALTER TABLE cosignature ENABLE ALWAYS TRIGGER no_rewrite;
ALTER TABLE cosignature ENABLE ALWAYS TRIGGER no_truncate;

-- audit_v1: keys of the seals, and checks of the log: asked for and done. -----------------------

CREATE TABLE audit_key (
    verifier_key text PRIMARY KEY,
    introduced_position bigint NOT NULL,
    introduced_at timestamptz NOT NULL,
    reason text NOT NULL,
    retired_position bigint,
    retired_at timestamptz,
    retired_reason text
);

CREATE TABLE audit_check (
    check_id uuid PRIMARY KEY,
    kind text NOT NULL,
    year smallint,
    until timestamptz,
    by uuid NOT NULL, -- who asked; of a nightly check, the job
    requested_at timestamptz NOT NULL,
    requested_position bigint NOT NULL,
    completed_at timestamptz,
    completed_position bigint,
    checked_position bigint, -- facts up to here were checked
    facts bigint,
    rows bigint,
    found bigint,
    findings jsonb -- the first of them: [{kind, place}]
);
CREATE INDEX audit_check_requested_idx ON audit_check (requested_position);

GRANT USAGE ON SCHEMA :schema TO letopis_sealer;
GRANT SELECT ON bookmark, tree_tile, head, audit_key TO letopis_sealer;
GRANT SELECT, INSERT ON checkpoint, cosignature TO letopis_sealer;
GRANT SELECT ON minted, access_log TO letopis_reader; -- the verification reads everything
GRANT SELECT ON checkpoint, cosignature TO letopis_app, letopis_reader, letopis_projector;
GRANT SELECT, INSERT, UPDATE, DELETE ON audit_key, audit_check TO letopis_projector;
GRANT SELECT ON audit_key, audit_check TO letopis_app, letopis_reader;
