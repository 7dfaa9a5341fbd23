"""Day-one bet (a): three schools, two processes, kill -9 around COMMIT, retried keys → exact."""

from __future__ import annotations

from tests.acceptance.killing import SCHOOLS, aftermath, finish, kill_pairs, lay_schools

COMMENTS = 150
KILLS = 6


def test_killed_and_retried_writers_leave_every_fact_exactly_once(database: str) -> None:
    lay_schools(database)
    held = kill_pairs(database, KILLS, COMMENTS)
    finish(database, COMMENTS)

    assert 0 < held[0] < COMMENTS  # they did die in the middle of their work
    for slug in SCHOOLS:
        after = aftermath(database, slug)
        assert after.comments == after.vault_rows == COMMENTS
        assert (after.first, after.last) == (1, after.facts)
        assert after.head == after.last
        assert (after.broken_streams, after.moments_going_back) == (0, 0)
