-- What the school keeps about a person is shown before it is erased, and an account goes as a whole.
-- Run with search_path = the school's schema and role = letopis_owner.

GRANT SELECT (subject, kind) ON payload TO letopis_app;
GRANT DELETE ON account TO letopis_app;
