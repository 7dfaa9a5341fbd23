"""Records made under a name whose password somebody else may have known (clause 3.3.6): each of
them, and what has become of it. Folded from the log and the trail when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from domain.codec import recorded
from domain.people import facts as f
from projections import register, trail
from projections.sql import rows

Conn = AsyncConnection[Any]
State = Literal["untouched", "confirmed", "denied", "answered"]

MOST_LINES = 5_000
STATES: dict[str, State] = {"mine": "confirmed", "not_mine": "denied"}


class Raised(NamedTuple):
    """A suspicion as the log has it: the place and moment at which sign-in was closed."""

    position: int
    at: datetime
    by: str


async def raised(conn: Conn, schema: str, person_id: str) -> Raised | None:
    """The newest suspicion about a person's password, or None."""
    found = await rows(
        conn,
        schema,
        "SELECT notification_id, originator_id, originator_version, topic, state FROM {s}.facts"
        " WHERE originator_id = %s AND topic = %s ORDER BY notification_id DESC",
        UUID(person_id),
        f.AccountRevoked.TOPIC,
    )
    for position, *stored in found:
        one = recorded(*stored)
        if isinstance(one.fact, f.AccountRevoked) and one.fact.reason == "suspicion":
            return Raised(position, one.envelope.at, one.envelope.by)
    return None


async def suspected(conn: Conn, schema: str) -> list[str]:
    """Whose password was ever suspected, the newest first."""
    found = await rows(
        conn,
        schema,
        "SELECT originator_id::text FROM {s}.facts WHERE topic = %s"
        " AND position(convert_to('\"suspicion\"', 'UTF8') in state) > 0"
        " GROUP BY originator_id ORDER BY max(notification_id) DESC",
        f.AccountRevoked.TOPIC,
    )
    return [person for (person,) in found]


async def lines(
    conn: Conn, schema: str, person_id: str, since: datetime, doubt: Raised
) -> list[dict[str, Any]]:
    """Every record under the name from `since` until the suspicion, in order: items as the trail
    has them, with `state` and `answer` `{position, kind}` or None. What the trail does not tell
    has its topic as `kind` and no values.
    """
    told = await trail.made_by(conn, schema, person_id, since, doubt.position, MOST_LINES)
    classes = sorted({one["class"]["class_id"] for one in told})
    answers: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in await trail.put_right(conn, schema, classes, doubt.position):
        answers.setdefault(_thing(one), {"position": one["position"], "kind": one["kind"]})
    verdicts: dict[int, str] = dict(
        await rows(
            conn,
            schema,
            "SELECT position, verdict FROM {s}.grant_verdict WHERE person_id = %s",
            person_id,
        )
    )
    start = await register.position_at(conn, schema, since)
    known = {one["position"] for one in told}
    untold = await _untold(conn, schema, person_id, start, doubt.position, known)
    return [
        one | _became(one, answers, verdicts)
        for one in sorted([*told, *untold], key=lambda one: (one["position"], one["ordinal"]))
    ]


async def about_marks(
    conn: Conn, schema: str, person_id: str, positions: Sequence[int], before: int
) -> list[str] | None:
    """The marks that these records are about; None when one of them is not of the person's name, or
    was written after the suspicion.
    """
    found = await rows(
        conn,
        schema,
        "SELECT originator_id, originator_version, topic, state FROM {s}.facts"
        " WHERE notification_id = ANY (%s) AND notification_id < %s",
        list(positions),
        before,
    )
    if [recorded(*one).envelope.by for one in found] != [person_id] * len(set(positions)):
        return None
    marks = await rows(
        conn,
        schema,
        "SELECT DISTINCT mark_id::text FROM {s}.trail_v1 WHERE position = ANY (%s)"
        " AND kind LIKE 'mark-%%' ORDER BY 1",
        list(positions),
    )
    return [mark for (mark,) in marks]


def _became(
    one: dict[str, Any], answers: dict[tuple[Any, ...], dict[str, Any]], verdicts: dict[int, str]
) -> dict[str, Any]:
    answer = answers.get(_thing(one))
    verdict = verdicts.get(one["position"])
    state: State = "untouched" if verdict is None else STATES[verdict]
    if answer is not None and state != "confirmed":
        state = "answered"
    return {"state": state, "answer": answer}


def _thing(one: dict[str, Any]) -> tuple[Any, ...]:
    """What a record is about, so that a later one about the same thing answers it."""
    if one["mark_id"]:
        return ("about", one["mark_id"])
    what = one["kind"].rpartition("-")[0]
    pupil = one["pupil"] and one["pupil"]["pupil_id"]
    subject = one["subject"] and one["subject"]["subject_id"]
    return (what, one["lesson_id"], pupil, None if one["lesson_id"] else subject, one["term"])


async def _untold(
    conn: Conn,
    schema: str,
    person_id: str,
    after: int,
    before: int,
    known: set[int],
) -> list[dict[str, Any]]:
    """Facts by the person of which the trail has no line."""
    found = await rows(
        conn,
        schema,
        "SELECT notification_id, originator_id, originator_version, topic, state FROM {s}.facts"
        " WHERE notification_id > %(after)s AND notification_id < %(before)s"
        " AND position(convert_to(%(by)s, 'UTF8') in state) > 0"
        " ORDER BY notification_id LIMIT %(limit)s",
        after=after,
        before=before,
        by=f'"by":"{person_id}"',
        limit=MOST_LINES,
    )
    lines = []
    for position, *stored in found:
        one = recorded(*stored)
        if position not in known and one.envelope.by == person_id:
            lines.append(
                NOTHING
                | {
                    "position": position,
                    "recorded_at": one.envelope.at.astimezone(UTC).isoformat(),
                    "kind": one.fact.TOPIC,
                    "session": one.envelope.session,
                }
            )
    return lines


#: A line of which only its place is told.
NOTHING: dict[str, Any] = {
    "ordinal": 0,
    **dict.fromkeys(
        (
            *("class", "subject", "lesson_id", "lesson_date", "pupil", "mark_id", "term"),
            *("old_value", "value", "reason_code", "reason", "comment", "acting_for"),
        )
    ),
}
