"""Reading results: marks of terms and years of a pupil and of a class, and who is promoted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from psycopg import AsyncConnection

from projections.names import shown
from projections.sql import row, rows

Conn = AsyncConnection[Any]

_OF_PUPIL = """
    SELECT m.class_id::text, c.name, c.year, m.subject_id::text, s.name, m.kind, m.term, t.name,
        m.value, m.average, m.was, m.at
    FROM {s}.result_mark m
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, m.subject_id)
    LEFT JOIN {s}.register_term t ON t.year = c.year
        AND t.grade_level = c.grade_level AND t.term = m.term
        AND t.valid_to = 9223372036854775807
    WHERE m.pupil_id = %s
    ORDER BY c.year DESC, s.name, m.kind, m.term
"""
_COUNCIL = """
    SELECT c.class_id::text, c.name, c.year, o.matter, o.decision, o.was, o.protocol_no,
        o.protocol_date
    FROM {s}.result_council o JOIN {s}.directory_class c USING (class_id)
    WHERE o.pupil_id = %s ORDER BY c.year DESC
"""


async def terms_of_pupil(conn: Conn, schema: str, pupil_id: str) -> list[dict[str, Any]]:
    """`[{year, class{class_id, name}, subjects[{subject_id, subject, terms[{term, name, value,
    average, corrected, was, given_at}]}]}]` of all years kept, the newest first. `value` None: the
    mark `was`, and is annulled.
    """
    found = await rows(conn, schema, _OF_PUPIL, pupil_id)
    years: dict[tuple[int, str], dict[str, Any]] = {}
    for line in found:
        if line[5] == "term":
            subject = _subject(_year(years, line), line)
            subject.setdefault("terms", []).append(
                {"term": line[6], "name": line[7], **_mark(line)}
            )
    return _listed(years)


async def finals_of_pupil(conn: Conn, schema: str, pupil_id: str) -> list[dict[str, Any]]:
    """`[{year, class, subjects[{subject_id, subject, year_mark, exam_mark, final_mark}],
    decision{decision, was, protocol_no, protocol_date}, admission}]` of all years kept, the newest
    first; `admission` to the state examination is like `decision`, both may be None.

    A mark is `{value, average, corrected, was, given_at}` or None.
    """
    found = await rows(conn, schema, _OF_PUPIL, pupil_id)
    years: dict[tuple[int, str], dict[str, Any]] = {}
    for line in found:
        if line[5] != "term":
            subject = _subject(_year(years, line), line)
            for kind in ("year", "exam", "final"):
                subject.setdefault(f"{kind}_mark", None)
            subject[f"{line[5]}_mark"] = _mark(line)
    for class_id, name, year, *decided in await rows(conn, schema, _COUNCIL, pupil_id):
        one = years.setdefault((year, class_id), _empty(year, class_id, name))
        one |= _decided(decided)
    for one in years.values():
        one.setdefault("decision", None)
        one.setdefault("admission", None)
    return sorted(_listed(years), key=lambda one: -one["year"])


def _empty(year: int, class_id: str, name: str) -> dict[str, Any]:
    return {"year": year, "class": {"class_id": class_id, "name": name}, "subjects": {}}


def _year(years: dict[tuple[int, str], dict[str, Any]], line: tuple[Any, ...]) -> dict[str, Any]:
    class_id, name, year = line[:3]
    return years.setdefault((year, class_id), _empty(year, class_id, name))


def _subject(year: dict[str, Any], line: tuple[Any, ...]) -> dict[str, Any]:
    found: dict[str, Any] = year["subjects"].setdefault(
        line[3], {"subject_id": line[3], "subject": line[4]}
    )
    return found


def _mark(line: tuple[Any, ...]) -> dict[str, Any]:
    *_, value, average, was, at = line
    return {
        "value": value or None,
        "average": average or None,
        "corrected": was is not None,
        "was": was,
        "given_at": at.astimezone(UTC).isoformat(),
    }


def _listed(years: dict[tuple[int, str], dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, "subjects": list(one["subjects"].values())} for one in years.values()]


_OF_CLASS = """
    SELECT m.pupil_id::text, m.kind, m.term, m.value, m.was, m.suggested, m.held_on, m.reason_code
    FROM {s}.result_mark m WHERE m.class_id = %s AND m.subject_id = %s AND m.value <> ''
"""
_ROSTER = """
    SELECT r.pupil_id::text, p.full_name, bool_or(r.until IS NULL)
    FROM {s}.register_roster r LEFT JOIN {s}.directory_person p ON p.person_id = r.pupil_id
    WHERE r.class_id = %s AND r.valid_to = 9223372036854775807
    GROUP BY r.pupil_id, p.full_name ORDER BY max(p.sort_key), r.pupil_id
"""
_DECISIONS = """
    SELECT pupil_id::text, matter, decision, was, protocol_no, protocol_date
    FROM {s}.result_council WHERE class_id = %s
"""
_YEAR_OF_CLASS = """
    SELECT pupil_id::text, subject_id::text, kind, value FROM {s}.result_mark
    WHERE class_id = %s AND kind <> 'term'
"""


async def results_of_class(
    conn: Conn, schema: str, class_id: str, subject_id: str
) -> dict[str, Any] | None:
    """`{class, grade_level, pupils[{pupil_id, name, here, terms{term: value}, year, exam, final}]}`
    of a subject, or None when there is no such class; a mark is None or `{value, was, suggested,
    held_on, reason_code}`: the day of an examination; why it is another one than was suggested, or
    why it was corrected.
    """
    head = await row(
        conn,
        schema,
        "SELECT name, grade_level FROM {s}.directory_class WHERE class_id = %s",
        class_id,
    )
    if head is None:
        return None
    marks: dict[str, dict[str, Any]] = {}
    for pupil, kind, term, value, was, suggested, held_on, reason in await rows(
        conn, schema, _OF_CLASS, class_id, subject_id
    ):
        of_pupil = marks.setdefault(pupil, {"terms": {}})
        if kind == "term":
            of_pupil["terms"][str(term)] = value
        else:
            of_pupil[kind] = {
                "value": value,
                "was": was,
                "suggested": suggested or None,
                "held_on": held_on and held_on.isoformat(),
                "reason_code": reason,
            }
    return {
        "class": {"class_id": class_id, "name": head[0]},
        "grade_level": head[1],
        "pupils": [
            {
                "pupil_id": pupil,
                "name": shown(name),
                "here": here,
                "terms": {},
                "year": None,
                "exam": None,
                "final": None,
                **marks.get(pupil, {}),
            }
            for pupil, name, here in await rows(conn, schema, _ROSTER, class_id)
        ],
    }


async def decisions_of_class(conn: Conn, schema: str, class_id: str) -> list[dict[str, Any]]:
    """`[{pupil_id, name, here, decision, admission}]`, of which a decision is None or
    `{decision, was, protocol_no, protocol_date}`.
    """
    known: dict[str, dict[str, Any]] = {}
    for pupil, *decided in await rows(conn, schema, _DECISIONS, class_id):
        known.setdefault(pupil, {}).update(_decided(decided))
    return [
        {
            "pupil_id": pupil,
            "name": shown(name),
            "here": here,
            "decision": None,
            "admission": None,
            **known.get(pupil, {}),
        }
        for pupil, name, here in await rows(conn, schema, _ROSTER, class_id)
    ]


async def year_of_class(
    conn: Conn, schema: str, class_id: str
) -> dict[str, dict[str, dict[str, str]]]:
    """Pupil → subject → `year`, `exam`, `final` → the mark, of those that were given."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for pupil, subject, kind, value in await rows(conn, schema, _YEAR_OF_CLASS, class_id):
        found.setdefault(pupil, {}).setdefault(subject, {})[kind] = value
    return found


def _decided(found: Sequence[Any]) -> dict[str, Any]:
    matter, decision, was, number, day = found
    name = "decision" if matter == "promotion" else matter
    return {
        name: {
            "decision": decision,
            "was": was,
            "protocol_no": number,
            "protocol_date": day.isoformat(),
        }
    }
