-- What has stopped and wants a person: the projector at a fact that it cannot fold, the sealer at a
-- log that does not continue its last seal. No row: nothing. Every process can read it, wherever the
-- one that stopped has its files.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE trouble (
    about text PRIMARY KEY CHECK (about IN ('fold', 'seal')),
    code text NOT NULL, -- unfoldable; of the sealer's refusals: rollback, fork, no_key …
    position bigint, -- of the fact that stands in the way
    words text NOT NULL, -- a sentence for the operator, about nobody
    since timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON trouble TO letopis_projector, letopis_sealer;
GRANT SELECT ON trouble TO letopis_app, letopis_asker, letopis_reader;
