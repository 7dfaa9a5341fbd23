"""The long forms of the day-one bets: what must never be wrong, tried for minutes."""

from __future__ import annotations

import random

from projections.replay import replay
from tests.acceptance.killing import SCHOOLS, aftermath, finish, kill_pairs, lay_schools
from tests.benchmarks.ground import database
from tests.benchmarks.table import Result
from tests.projections.life import life
from tests.projections.test_rebuilt_equals_lived import Year, bare

COMMENTS = 1_500
KILLS_A_ROUND = 8
LIVES_A_ROUND = 4
STEPS = 250


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


def rebuilt_equals_lived(rounds: int = 5) -> Result:
    """Bet (b): random lives with erasures and renames, folded again; rows that differ."""
    steps = facts = differing = 0
    with database() as url:
        for seed in range(rounds * LIVES_A_ROUND):
            dice = random.Random(seed)
            with life(url, f"life{seed}") as at:
                year = Year(at, dice)
                for _ in range(STEPS):
                    year.one(year.does())()
                at.fold_all()
                report = replay(at.projector, at.schema)
                steps += STEPS
                facts += report.facts
                differing += report.differing
                differing += sum(
                    bare(at.page(shown["as_of"]["position"])) != bare(shown) for shown in year.shown
                )
    notes = f"{rounds * LIVES_A_ROUND} lives, {steps:,} steps, {facts:,} facts"
    return Result("rebuild", differing, 0, differing, "0 differ", "rows", differing == 0, notes)
