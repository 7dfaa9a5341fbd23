"""How good the forecast was in the last term that is over: figures, about nobody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from domain.forecast.alert import came_worse, likely_worse
from domain.forecast.judging import by_part
from domain.forecast.parameters import GRID
from domain.forecast.scoring import MARKS as VALUES
from domain.forecast.scoring import Judged, Scores, scores

ENOUGH = 100  # forecasts; by fewer nothing is judged
LIKELY = 0.5  # a 2 as likely as not


class Bin(msgspec.Struct, frozen=True):
    """Forecasts with about the same chance: how many, the chance said, how often it came true."""

    forecasts: int
    said: float
    came: float


class Part(msgspec.Struct, frozen=True):
    """Scores at a part of the term, beside those of the mean so far."""

    progress: float
    forecasts: int
    correct: float
    rps: float
    mae: float
    coverage: float
    naive_correct: float
    naive_rps: float


class Alarms(msgspec.Struct, frozen=True):
    """Warnings: how many, how many of them came true, and what came without one."""

    said: int
    came: int
    missed: int


class Level(msgspec.Struct, frozen=True):
    """The classes of a grade level; `ece`: by how much chances said and come true are apart."""

    grade_level: int
    forecasts: int
    correct: float
    naive_correct: float
    skill: float
    ece: float
    twos: Alarms  # of a 2 as likely as not or more


class Calibration(msgspec.Struct, frozen=True):
    """The last term that is over, judged by what was learned of the terms before it."""

    term: str
    fitted_on: tuple[str, ...]
    skill: float
    ece: float
    bins: tuple[Bin, ...]
    parts: tuple[Part, ...]
    twos: Alarms
    levels: tuple[Level, ...] = ()  # those with enough forecasts
    alerts: Alarms | None = None  # «стоит заметить»; None of a term judged before it was counted


def judge(
    ones: Sequence[Judged],
    errors: Counter[tuple[int, int]],
    term: str,
    fitted_on: Sequence[str],
    levels: Mapping[str, int],
    last: Mapping[tuple[str, str], str],
) -> Calibration | None:
    """None of too few forecasts; `levels` are the grade levels of the classes, `last` the marks of
    the term before by subject and pupil: in September they were given in another class.
    """
    *parts, whole = by_part(ones, errors)
    if whole.forecasts < ENOUGH:
        return None
    return Calibration(
        term,
        tuple(fitted_on),
        whole.skill,
        whole.ece,
        _bins(ones),
        tuple(_part(progress, one) for progress, one in zip(GRID, parts, strict=True)),
        _twos(ones),
        tuple(_levels(ones, errors, levels)),
        _alerts(ones, last),
    )


def _part(progress: float, one: Scores) -> Part:
    return Part(
        progress,
        one.forecasts,
        one.accuracy,
        one.rps,
        one.mae,
        one.coverage,
        one.naive_accuracy,
        one.naive_rps,
    )


def _levels(
    ones: Sequence[Judged], errors: Counter[tuple[int, int]], levels: Mapping[str, int]
) -> list[Level]:
    by: dict[int, list[Judged]] = defaultdict(list)
    for one in ones:
        if one.class_id in levels:
            by[levels[one.class_id]].append(one)
    found = []
    for level, of in sorted(by.items()):
        seen = scores(of, errors)
        if seen.forecasts >= ENOUGH:
            right = seen.accuracy, seen.naive_accuracy
            found.append(Level(level, seen.forecasts, *right, seen.skill, seen.ece, _twos(of)))
    return found


def _bins(ones: Sequence[Judged]) -> tuple[Bin, ...]:
    sums = [[0.0, 0.0, 0.0] for _ in range(10)]
    for one in ones:
        if one.mark in VALUES and one.now:
            for value, chance in zip(VALUES, one.chances, strict=True):
                of = sums[min(int(chance * 10), 9)]
                of[0] += 1
                of[1] += chance
                of[2] += one.mark == value
    return tuple(Bin(int(n), said / n, came / n) for n, said, came in sums if n)


def _alerts(ones: Sequence[Judged], last: Mapping[tuple[str, str], str]) -> Alarms:
    """Two looks in a row are two neighbouring parts of the term, a week or more apart."""
    looks = {(one.class_id, one.subject, one.pupil, one.part): one for one in ones}
    said = came = worse = 0
    for (class_id, subject, pupil, part), now in looks.items():
        earlier = looks.get((class_id, subject, pupil, part - 1))
        if earlier is None or now.mark not in VALUES or not now.now:
            continue
        before = last.get((subject, pupil), "")
        true = came_worse(now.mark, before)
        alarm = all(likely_worse(one.marks, one.chances, before) for one in (earlier, now))
        said += alarm
        worse += true
        came += alarm and true
    return Alarms(said, came, worse - came)


def _twos(ones: Sequence[Judged]) -> Alarms:
    known = [one for one in ones if one.mark in VALUES and one.now]
    said = [one for one in known if one.chances[0] >= LIKELY]
    came = sum(one.mark == "2" for one in said)
    return Alarms(len(said), came, sum(one.mark == "2" for one in known) - came)
