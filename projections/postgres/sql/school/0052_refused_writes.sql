-- Refused writes stand in the access log beside the pages that were refused: `write` and the route in
-- `act`, the ids of its path in `subject`, the code of the refusal in `basis`.
-- Run with search_path = the school's schema and role = letopis_owner.

CREATE INDEX access_log_attempt_idx ON access_log (id) WHERE outcome = 'refused' AND act LIKE 'write %';

-- To whom journals are opened, attempts are readable; the door shows those of these journals alone.
ALTER POLICY asker ON access_log USING ((SELECT asker_is_office())
    OR subject = ANY ((SELECT asker_people())::text[]) OR person_id = (SELECT asker())
    OR (outcome = 'refused' AND act LIKE 'write %' AND cardinality((SELECT asker_opened())) > 0));
