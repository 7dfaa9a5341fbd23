-- Annotations beside an archive (5.3, tier T4) are lines of the trail: it is folded again from the
-- log. Run with search_path = the school's schema and role = letopis_owner.

TRUNCATE trail_v1, trail_year, trail_class, trail_lesson;
UPDATE bookmark SET position = 0, generation = generation + 1 WHERE name = 'trail_v1';
