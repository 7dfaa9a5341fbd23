-- Who of the staff is away (clause 3.3.6): days and the kind of the reason; words in the vault.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE TABLE ledger_away (
    absence_id uuid PRIMARY KEY,
    office_id uuid NOT NULL,
    person_id uuid NOT NULL,
    since date NOT NULL,
    until date NOT NULL, -- the last day; before since: it did not come to it
    kind text NOT NULL,
    text_id uuid, -- in the vault
    at timestamptz NOT NULL,
    by uuid NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_away TO letopis_projector;
GRANT SELECT ON ledger_away TO letopis_app, letopis_reader, letopis_asker;

-- The wall (0018_wall.sql): the administration, and the person.
ALTER TABLE ledger_away ENABLE ROW LEVEL SECURITY;
CREATE POLICY program ON ledger_away TO letopis_app, letopis_reader, letopis_projector,
    letopis_sealer USING (true) WITH CHECK (true);
CREATE POLICY asker ON ledger_away FOR SELECT TO letopis_asker
    USING ((SELECT asker_is_office()) OR person_id = (SELECT asker()));
