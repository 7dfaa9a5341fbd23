-- Signing in by somebody else's word (OpenID Connect). Run with search_path = the school's schema and
-- role = letopis_owner.

CREATE TABLE identity (
    issuer text NOT NULL,
    subject text NOT NULL,
    person_id uuid NOT NULL UNIQUE, -- one of each for a person
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);

-- A sign-in under way at the provider: good once, for the browser that began it.
CREATE TABLE provider_flow (
    state_hash bytea PRIMARY KEY,
    browser_hash bytea NOT NULL,
    nonce text NOT NULL,
    verifier text NOT NULL,
    person_id uuid, -- who links an identity; NULL: somebody signs in
    there text NOT NULL,
    until timestamptz NOT NULL
);

GRANT SELECT, INSERT, DELETE ON identity, provider_flow TO letopis_app;
