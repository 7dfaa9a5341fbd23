-- The report on access (form 6) names the address of a sign-in. Sessions stay the program's own: an
-- asker learns of a record's sign-in the address, of the staff alone, and of it nothing else.
-- Run with search_path = the school's schema and role = letopis_owner.
CREATE FUNCTION sign_in_address(of_session text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
    SELECT host(s.ip) FROM session s JOIN directory_person p USING (person_id)
    WHERE p.kind = 'staff' AND s.session_id = CASE
        WHEN of_session ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN of_session::uuid END
$$;
REVOKE EXECUTE ON FUNCTION sign_in_address(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sign_in_address(text) TO letopis_asker, letopis_app;
