-- Functions that act with the owner's rights find their tables in the school's schema alone.
-- Without pg_temp at the end of the path, a temporary table of the caller's (with a trigger of the
-- caller's!) would be found before it. Run with search_path = the school's schema and
-- role = letopis_owner.

ALTER FUNCTION append(uuid[], bigint[], text[], bytea[], timestamptz, bigint, uuid[], uuid[], int[],
    int[], uuid[], uuid[], text[], text[], bytea[], uuid[], uuid[]) SET search_path = :schema, pg_temp;
ALTER FUNCTION append_any(uuid[], bigint[], text[], bytea[]) SET search_path = :schema, pg_temp;
ALTER FUNCTION hold() SET search_path = :schema, pg_temp;
ALTER FUNCTION take_snapshot(uuid, bigint, text, bytea) SET search_path = :schema, pg_temp;
ALTER FUNCTION prune_requests(timestamptz) SET search_path = :schema, pg_temp;
