"""Exercises of the school year: its rollover. See over_http.py."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import msgspec

from domain.calendar import Calendar, Term
from domain.office.facts import Appointment, ClassFormed
from domain.values import Origin, Role
from tests import cast as c
from tests.api.ground import OPERATOR, YEAR
from tests.domain.seventh_a import SEPTEMBER_1, YEAR_OPENED
from tests.ground import request
from tests.write_door.exercise import Form, Prepare, Send, Signature
from tests.write_door.ground import Place
from tests.write_door.sending import TODAY, V1, new_id

#: far from what the other exercises do; the year after each is not open yet
_YEARS = itertools.count(2040, 2)
ORDER = {"order_no": "52-у", "order_date": TODAY}


def a_year(p: Place) -> int:
    """A year of Alla's with a class of one pupil."""
    year, class_id, pupil = next(_YEARS), str(uuid4()), p.person("pupil")
    term = Term(1, "1 четверть", date(year, 9, 1), date(year, 10, 25))
    staff = (Appointment(c.ALLA, Role.ADMINISTRATOR, SEPTEMBER_1),)
    opened = msgspec.structs.replace(YEAR_OPENED, calendar=Calendar(year, (term,)), staff=staff)
    by: dict[str, Any] = {"by": OPERATOR}
    p.did(p.school.open_year(opened, **by, request=request()))
    formed = ClassFormed(class_id, 7, "а")
    p.did(p.school.form_class(year, formed, **by, request=request()))
    p.did(p.school.enrol_pupils(class_id, [pupil], term.starts, **by, request=request()))
    p.settle()
    return year


def _hash(p: Place, year: int) -> str:
    """Of the plan that Alla sees."""
    answer = p.desk("alla").get(f"/years/{year}/rollover", undecided=True, **ORDER)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["hash"])


def _rollover(p: Place) -> Send:
    year = a_year(p)
    body = {"plan_hash": _hash(p, year), "undecided": True, **ORDER}
    return Send("alla", {"year": str(year)}, body)


def _form_of_rollover(p: Place) -> Form:
    year = a_year(p)
    fields = {"key": new_id(), "year": str(year), "plan_hash": _hash(p, year), **ORDER}
    return Form("alla", {}, {**fields, "undecided": "1"})


@dataclass(frozen=True)
class Brought(Form):
    """A table that was brought to a page; its facts say so."""

    def signature(self, place: Place) -> Signature:
        return msgspec.structs.replace(super().signature(place), origin=Origin.IMPORT)


def _import(p: Place) -> Brought:
    """The plan that was shown for a КТП of its own."""
    text = f"Класс;Предмет;Тема\n7а;Алгебра;Дроби {new_id()}"
    fields = {"key": new_id(), "year": str(YEAR), "kind": "plan", "text": text}
    shown = p.client.post("/school-year/import", data=fields, headers=p.desk("vera").cookie)
    p.client.cookies.clear()
    found = re.search(r'name="plan_hash" value="(\w{64})"', shown.text)
    assert found, shown.text
    return Brought("vera", {}, fields | {"key": new_id(), "plan_hash": found.group(1)})


def _substitute(p: Place) -> Form:
    room = p.room()
    fields = {"class_id": room.class_id, "teacher_id": c.ANNA, "substitute_id": c.TANYA}
    return Form("vera", {}, {"key": new_id(), "date": TODAY, "order_no": "30-к", **fields})


def _words(_: Place) -> Form:
    fields = {"key": new_id(), "year": str(YEAR), "names": f"Предмет {new_id()}"}
    return Form("vera", {"step": "words"}, fields)


SCHOOL_YEAR: dict[str, Prepare] = {
    "POST /school-year/import": _import,
    "POST /school-year/{step}": _words,
    "POST /substitutions": _substitute,
    f"POST {V1}/years/{{year}}/rollover": _rollover,
    "POST /school-year/rollover": _form_of_rollover,
}
