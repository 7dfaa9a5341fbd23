"""Exercises of the archive: years long over. See over_http.py."""

from __future__ import annotations

import itertools
from datetime import date
from uuid import uuid4

from api.archives import KINDS, folder_of
from domain.calendar import Bell, Calendar, Term
from domain.office.facts import ClassFormed, Subject, YearOpened
from domain.regulation import Regulation
from projections.archive.write import base
from tests import cast as c
from tests.api.ground import SLUG, YEAR
from tests.domain.engine_room import OPERATOR
from tests.ground import request
from tests.write_door.exercise import Prepare, Send
from tests.write_door.ground import Place
from tests.write_door.sending import V1, new_id

ARCHIVED_YEAR = 2001
_years = itertools.count(ARCHIVED_YEAR + 1)


def over(p: Place, year: int | None = None) -> tuple[int, str, str]:
    """A year of long ago with one class of one pupil: (year, class, pupil)."""
    of = year or next(_years)
    term = Term(1, "1 четверть", date(of, 9, 1), date(of, 10, 25))
    opened = YearOpened(
        c.SCHOOL,
        "Europe/Moscow",
        Calendar(of, (term,)),
        (Bell(1, "08:30", "09:15"),),
        Regulation(),
        (Subject(c.ALGEBRA, "Алгебра"),),
    )
    class_id, pupil = str(uuid4()), p.person("pupil")
    p.did(p.school.open_year(opened, by=OPERATOR, request=request()))
    formed = ClassFormed(class_id, 7, "а")
    p.did(p.school.form_class(of, formed, by=OPERATOR, request=request()))
    enrolled = p.school.enrol_pupils(
        class_id, (pupil,), date(of, 9, 1), "1", by=OPERATOR, request=request()
    )
    p.did(enrolled)
    return of, class_id, pupil


def archived(p: Place, year: int | None = None) -> int:
    """Such a year in the archive."""
    of, _, _ = over(p, year)
    p.did(
        p.school.archive_year(
            of, "1", accept_gaps=True, in_force=YEAR, by=p.actor("alla"), request=request()
        )
    )
    p.settle()
    return of


def to_read(p: Place) -> None:
    """An archived year, and files as if of the present one."""
    archived(p, ARCHIVED_YEAR)
    folder = folder_of(p.house.archivist.settings, SLUG)
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        (folder / f"{base(SLUG, YEAR, 1)}-{kind}").write_bytes(b"PK")


def _annotation(p: Place) -> Send:
    year, class_id, pupil = over(p)
    p.did(
        p.school.archive_year(
            year, "1", accept_gaps=True, in_force=YEAR, by=p.actor("alla"), request=request()
        )
    )
    body = {
        "annotation_id": new_id(),
        "class_id": class_id,
        "pupil_id": pupil,
        "subject_id": c.ALGEBRA,
        "term": 1,
        "was": "",
        "should_be": "5",
        "act_no": "3",
        "reason": "решение комиссии",
    }
    return Send("dina", {"year": str(year)}, body)


ARCHIVE: dict[str, Prepare] = {
    f"POST {V1}/years/{{year}}/archive": lambda p: Send(
        "alla", {"year": str(over(p)[0])}, {"order_no": "12-у", "accept_gaps": True}
    ),
    f"POST {V1}/years/{{year}}/archive/annotations": _annotation,
    # the file comes when the facts are sealed: here nobody seals
    f"POST {V1}/years/{{year}}/archive/files": lambda p: Send(
        "alla", {"year": str(archived(p))}, None, facts=False
    ),
}
