"""What is known beside a pupil's own marks of the term: what is usual, and what is ahead.

One class at a time: nothing of another class is needed beside the parameters, so a class counted
after an event gives exactly what counting the whole school would.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from domain.forecast.parameters import Parameters, Profile, at
from domain.forecast.plan import Coming, Plan, coming, planned_ahead
from domain.forecast.tally import EMPTY, Tally

#: how many mean weights a level counts for against the marks of the class itself
_FROM_LAST_TERM, _FROM_SUBJECT, _FROM_SCHOOL = 30.0, 12.0, 4.0
_KNOWN_AFTER = 4.0  # marks of the last term by which half of it is believed
_OTHERS_AFTER = 5.0  # … of other subjects
_UNITS_KNOWN = 2.0  # classes by which half of a subject's profile is believed
_PACE = 3.0  # marks that the usual pace of a subject counts for
_COMPLETION = 4.0  # marks that the pace of the class counts for against the pupil's own


class Cell(NamedTuple):
    """A pupil in a subject: the marks of this term so far, and those of the last one."""

    pupil: str
    now: Tally
    before: Tally = EMPTY


class Group(NamedTuple):
    """A subject of a class; `profile` is its key among those of the parameters."""

    subject: str
    profile: str
    cells: Sequence[Cell]
    plan: Plan | None = None


class Ahead(NamedTuple):
    """What is known beside the pupil's own marks of this term."""

    usual: float  # the level usual for the pupil here
    spread: float  # variance around it
    anchor: float  # the level of the class
    shift: float  # by how much the marks to come are higher, their kinds of work included
    persist: float  # how much of the pupil's distance from the class stays
    marks: float  # expected to come
    weight: float  # of one of them
    square: float  # mean of its square
    unknown: float  # variance of the drift, of a subject that is new
    variance: float  # observed ÷ assumed, at this part of the term
    dispersion: float  # variance ÷ mean of the number of marks to come


class _Level(NamedTuple):
    """A subject of a class: levels of now and of the last term, marks per pupil."""

    now: float
    before: float
    shift: float
    ahead: Coming
    unknown: float
    pace: float


def expectations(
    groups: Sequence[Group], progress: float, parameters: Parameters
) -> Iterator[list[Ahead]]:
    """For each group what is ahead of each of its cells, all groups of one class together."""
    p = parameters
    levels = [_level(group, progress, p) for group in groups]
    now: dict[str, list[float]] = {}
    before: dict[str, list[float]] = {}
    for group, level in zip(groups, levels, strict=True):
        for pupil, tally, last in group.cells:
            _note(now, pupil, tally, level.now, p)
            _note(before, pupil, last, level.before, p)
    persist, variance = at(progress, p.persist), at(progress, p.variance)
    half = _OTHERS_AFTER * p.unit
    for group, level in zip(groups, levels, strict=True):
        found = []
        for pupil, tally, last in group.cells:
            mine, weight = distance_from(tally, level.now, p)
            others, others_weight = now[pupil]
            usual = level.now + p.others_now * (others - mine) / (others_weight - weight + half)
            known = 0.0
            if pupil in before:
                mine, weight = distance_from(last, level.before, p)
                others, others_weight = before[pupil]
                usual += p.others_before * (others - mine) / (others_weight - weight + half)
                if weight:
                    ended = last.n0 + last.n1 + last.n2
                    known = ended / (ended + _KNOWN_AFTER)
                    usual += p.own_before * known * mine / weight
            completion = (tally.n0 + tally.n1 + tally.n2 + _COMPLETION) / (level.pace + _COMPLETION)
            marks, dispersion = level.ahead.others * completion, p.dispersion
            if group.plan is not None:
                planned, variance_of = planned_ahead(group.plan, tally, level.ahead, completion)
                whole = marks + planned
                dispersion = (marks * dispersion + variance_of) / whole if whole else 1.0
                marks = whole
            found.append(
                Ahead(
                    usual,
                    p.spread_new + (p.spread - p.spread_new) * known,
                    level.now,
                    level.shift,
                    persist,
                    marks,
                    level.ahead.weight,
                    level.ahead.square,
                    level.unknown,
                    variance,
                    dispersion,
                )
            )
        yield found


def features(
    groups: Sequence[Group], progress: float, parameters: Parameters
) -> Iterator[list[tuple[float, float, float, float, float]]]:
    """For fitting: own last term, other subjects now and before, the class's level and shift."""
    p = parameters
    bare = {"others_now": 0.0, "others_before": 0.0, "own_before": 0.0}
    found = []
    for name in bare:
        tried = replace(p, **{**bare, name: 1.0})
        found.append(list(expectations(groups, progress, tried)))
    now, before, own = found
    for number in range(len(groups)):
        yield [
            (c.usual - c.anchor, a.usual - a.anchor, b.usual - b.anchor, a.anchor, a.shift)
            for a, b, c in zip(now[number], before[number], own[number], strict=True)
        ]


def _level(group: Group, progress: float, p: Parameters) -> _Level:
    n = w = s = bn = bw = bs = 0.0
    pupils = 0
    by = [0, 0, 0, 0, 0, 0]
    for _, tally, last in group.cells:
        n0, n1, n2, w0, w1, w2, *_ = tally
        n += n0 + n1 + n2
        by[0] += n0
        by[1] += n1
        by[2] += n2
        by[3] += w0 + last.w0
        by[4] += w1 + last.w1
        by[5] += w2 + last.w2
        distance, weight = distance_from(tally, 0.0, p)
        s += distance
        w += weight
        distance, weight = distance_from(last, 0.0, p)
        bs += distance
        bw += weight
        ended = last.n0 + last.n1 + last.n2
        bn += ended
        pupils += bool(n0 + n1 + n2 or ended)
    profile, units = _profile(group, p)
    believed = units / (units + _UNITS_KNOWN)
    base = believed * profile.level + (1 - believed) * p.level
    half = _FROM_SUBJECT * p.unit
    before = (bs + half * base) / (bw + half) if bw else base
    trust = p.unit * (
        _FROM_LAST_TERM if bw else believed * _FROM_SUBJECT + (1 - believed) * _FROM_SCHOOL
    )
    now = (s + trust * before) / (w + trust)
    new = at(progress, p.start) + (at(progress, p.keep) - 1) * (now - p.level)
    drift = believed * at(progress, profile.drift) + (1 - believed) * (
        at(progress, p.overall.drift) if bw else new
    )
    unknown = 0.0 if bw else (1 - believed) * at(progress, p.unknown)
    done = profile.given(progress)
    heads = max(pupils, 1)
    usual = done + profile.to_come(progress)
    last_term = bn / heads if bn else usual
    share = _PACE / usual if usual else 0.0
    ratio = (n / heads + share * last_term) / (done + _PACE) if usual else 1.0
    tallies = [cell.now for cell in group.cells]
    ahead = coming(profile, group.plan, tallies, progress, ratio, believed, p)
    return _Level(now, before, drift + ahead.shift, ahead, unknown, n / heads)


def _profile(group: Group, p: Parameters) -> tuple[Profile, float]:
    found = p.profiles.get(group.profile)
    return (found, found.units) if found is not None else (p.overall, 0.0)


def distance_from(tally: Tally, level: float, p: Parameters) -> tuple[float, float]:
    """Weighted distance of the marks from a level, kinds of work set apart, and the weight."""
    _, _, _, w0, w1, w2, _, _, _, total, _, _ = tally
    weight = (w0 + w1 + w2) / 100.0
    if not weight:
        return 0.0, 0.0
    b0, b1, b2 = p.kinds
    return total / 10_000.0 - (w0 * b0 + w1 * b1 + w2 * b2) / 100.0 - weight * level, weight


def _note(
    sums: dict[str, list[float]], pupil: str, tally: Tally, level: float, p: Parameters
) -> None:
    distance, weight = distance_from(tally, level, p)
    found = sums.get(pupil)
    if found is None:
        sums[pupil] = [distance, weight]
    else:
        found[0] += distance
        found[1] += weight
