"""Whose hand it was: by what right, at what hour, how fast, from how many places."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from domain.permissions import ADMINISTRATION
from domain.regulation import RedFlags as Rules
from domain.values import NUMERIC_MARKS, Origin, Role
from projections.projection import Placed
from projections.redflags.state import About, Change, ClassState, Hand

if TYPE_CHECKING:
    from projections.redflags.fold import RedFlags

_RIGHTS = ("assignment:", "substitution:")
#: Whoever writes so is a machine: hours and haste say nothing.
_MACHINES = (Origin.IMPORT, Origin.JOB)


def wrote_mark(to: RedFlags, one: Placed, about: About) -> None:
    """A mark was written: given, corrected, annulled, of a lesson or of a term."""
    state = to.memory.of_class(one.stream)
    _by_what_right(to, one, about, state)
    if one.body.origin not in _MACHINES:
        _at_night(to, one, about, state)
    wrote(to, one, about)


def wrote(to: RedFlags, one: Placed, about: About) -> None:
    """Anything was written in a journal: from one place at a time (F10)."""
    body = one.body
    if body.origin in _MACHINES or body.role is Role.OPERATOR:
        return
    hand = to.memory.hand(body.by)
    if hand is None:
        hand = Hand(body.session, body.at, one.position)
    elif hand.session == body.session:
        hand = msgspec.structs.replace(hand, at=body.at, position=one.position)
    else:
        state = to.memory.of_class(one.stream)
        window = timedelta(minutes=_rules(to, state).burst_minutes)
        if (
            hand.before == body.session
            and hand.before_at is not None
            and body.at - hand.before_at <= window
        ):
            day = body.at.astimezone(state.zone).date()
            to.board.raise_flag(
                "F10",
                one,
                About(class_id=about.class_id),
                key=f"F10/{body.by}/{day}",
                facts=(hand.before_position, hand.position, one.position),
                session=body.session,
                other=hand.session,
            )
        hand = Hand(body.session, body.at, one.position, hand.session, hand.at, hand.position)
    to.memory.keep_hand(body.by, hand)


def changed(to: RedFlags, one: Placed, about: About, old: str, new: str | None) -> None:
    """A mark that stood was corrected or annulled (`new` None): how many in a row (F4), how many
    upwards by one sign-in (F5).
    """
    body = one.body
    if body.origin in _MACHINES:
        return
    upward = new in NUMERIC_MARKS and old in NUMERIC_MARKS and new > old
    change = Change(one.position, body.at, body.by, body.session, one.stream, upward)
    to.memory.add_change(change)
    state = to.memory.of_class(one.stream)
    if not _is_night(to, one, state):
        _in_a_row(to, one, state, about)
    if upward:
        _upwards(to, one, state, about)


def _rules(to: RedFlags, state: ClassState) -> Rules:
    return to.memory.years[state.year].regulation.red_flags


def _by_what_right(to: RedFlags, one: Placed, about: About, state: ClassState) -> None:
    """F11: not a teacher, or a right that one has given oneself. F3: no right to the lesson."""
    body = one.body
    reason = ""
    if body.role is Role.OPERATOR or body.origin is Origin.IMPORT:
        reason = "import" if body.origin is Origin.IMPORT else "operator"
    elif body.role in ADMINISTRATION:
        reason = "administration"
    elif body.basis in state.own_rights:
        reason = "own_right"
    day = body.at.astimezone(state.zone).date()
    if reason:
        key, detail = f"F11/{reason}/{body.by}/{one.stream}/{day}", {"reason": reason}
        to.board.raise_flag("F11", one, about, key=key, detail=detail)  # type: ignore[arg-type]
    if not body.basis.startswith(_RIGHTS):
        why = reason or "no_right"
        key = f"F3/{why}/{body.by}/{one.stream}/{day}"
        to.board.raise_flag("F3", one, about, key=key, detail={"reason": why})


def _is_night(to: RedFlags, one: Placed, state: ClassState) -> bool:
    rules, hour = _rules(to, state), one.body.at.astimezone(state.zone).hour
    return hour < rules.day_from or hour >= rules.day_until


def _at_night(to: RedFlags, one: Placed, about: About, state: ClassState) -> None:
    if _is_night(to, one, state):
        early = timedelta(hours=_rules(to, state).day_from)
        evening = (one.body.at.astimezone(state.zone) - early).date()
        key = f"F4/night/{one.body.by}/{one.stream}/{evening}"
        session = one.body.session
        to.board.raise_flag("F4", one, about, key=key, detail={"reason": "night"}, session=session)


def _in_a_row(to: RedFlags, one: Placed, state: ClassState, about: About) -> None:
    body, rules = one.body, _rules(to, state)
    since = body.at - timedelta(minutes=rules.burst_minutes)
    recent = to.memory.stored_changes("by = %s AND at >= %s", body.by, since)
    recent += [one for one in to.memory.changes if one.by == body.by and one.at >= since]
    recent = _once(recent)
    if len(recent) < rules.burst_changes:
        return
    prefix = f"F4/burst/{body.by}/"
    known = to.board.newest(prefix)
    key = f"{prefix}{recent[0].position}"
    if known is not None and known.key and known.last >= recent[0].position:
        key = known.key  # the same burst goes on
    to.board.raise_flag(
        "F4",
        one,
        _together(recent, about),
        key=key,
        facts=[change.position for change in recent],
        detail={"reason": "burst"},
        session=body.session,
    )


def _upwards(to: RedFlags, one: Placed, state: ClassState, about: About) -> None:
    body = one.body
    day = body.at.astimezone(state.zone).date()
    found = to.memory.stored_changes("by = %s AND session = %s AND upward", body.by, body.session)
    found += [
        change
        for change in to.memory.changes
        if change.upward and (change.by, change.session) == (body.by, body.session)
    ]
    found = [one for one in _once(found) if one.at.astimezone(state.zone).date() == day]
    if len(found) >= _rules(to, state).upward_changes:
        to.board.raise_flag(
            "F5",
            one,
            _together(found, about),
            key=f"F5/{body.by}/{body.session}/{day}",
            facts=[change.position for change in found],
            session=body.session,
        )


def _once(changes: list[Change]) -> list[Change]:
    """In order, each once: those of this batch may be stored already."""
    return [one for _, one in sorted({change.position: change for change in changes}.items())]


def _together(changes: list[Change], about: About) -> About:
    """What several corrections are about: the class, when it is one."""
    same = len({change.class_id for change in changes}) == 1
    return About(class_id=about.class_id if same else None)
