"""The long forms of the day-one bets: what must never be wrong, tried for minutes."""

from __future__ import annotations

from tests.acceptance.killing import SCHOOLS, aftermath, finish, kill_pairs, lay_schools
from tests.benchmarks.ground import database
from tests.benchmarks.table import Result

COMMENTS = 1_500
KILLS_A_ROUND = 8


def killed_writers(rounds: int = 5) -> Result:
    """Bet (a): pairs of writers of three schools killed with fsync on; facts lost or doubled."""
    kills = rounds * KILLS_A_ROUND
    with database() as url:
        lay_schools(url)
        held = kill_pairs(url, kills, COMMENTS)
        finish(url, COMMENTS)
        wrong = 0
        for slug in SCHOOLS:
            after = aftermath(url, slug)
            wrong += abs(after.comments - COMMENTS) + abs(after.vault_rows - COMMENTS)
            wrong += abs(after.facts - after.last) + abs(after.head - after.last)
            wrong += after.broken_streams + after.moments_going_back
    partial = sum(0 < n < COMMENTS for n in held)
    notes = f"{2 * kills} processes killed, {partial} of {kills} pairs in the middle of their work"
    return Result("kill", wrong, 0, wrong, "0 lost or doubled", "facts", wrong == 0, notes)
