"""Trainings of the staff and the register of the municipal service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from domain.office import ledger_facts as f
from domain.office.ledger_facts import Channel, Outcome
from domain.office.ledgers import Application, NewRequest
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.regulation import Regulation
from tests.cast import (
    ALLA,
    ANNA,
    BORIS,
    DINA,
    KIRA,
    OLGA,
    PETYA,
    SVETA,
    VERA,
    an_id,
)
from tests.domain.engine_room import WAIT_S
from tests.domain.seventh_a import THURSDAY, WEDNESDAY
from tests.domain.small_school import SmallSchool
from tests.specs import YEAR

TRAINING, REQUEST = an_id("обучение"), an_id("заявление")
HELD = f.TrainingHeld(TRAINING, WEDNESDAY, "Темы и отметки в журнале", (ANNA, BORIS))
ASKED = NewRequest(REQUEST, PETYA, Channel.PORTAL, WEDNESDAY, OLGA)
APPLICATION = Application("Петрова Ольга", "olga@example.org", "успеваемость за четверть")
ADMINISTRATION_ONLY = (Forbidden, "access.administration_only")


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


@pytest.fixture
def requested(school: SmallSchool) -> SmallSchool:
    school.does("request_service", YEAR, ASKED, APPLICATION, by=SVETA)
    return school


# -- trainings -------------------------------------------------------------------------------


def test_a_training_says_when_what_and_who_was_there(school: SmallSchool) -> None:
    assert school.facts("hold_training", YEAR, HELD, by=VERA) == [HELD]
    assert school.does("hold_training", YEAR, HELD, by=VERA) == []
    other = msgspec.structs.replace(HELD, person_ids=(KIRA,))
    refused = school.refuses("hold_training", YEAR, other, by=VERA)
    assert refused == (Conflict, "training.id_taken")


@pytest.mark.parametrize("person", [ANNA, KIRA, SVETA, OLGA, PETYA])
def test_training_is_organised_by_deputies(school: SmallSchool, person: str) -> None:
    assert school.refuses("hold_training", YEAR, HELD, by=person) == ADMINISTRATION_ONLY


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"on": THURSDAY}, "training.day"),
        ({"person_ids": ()}, "training.nobody"),
        ({"person_ids": (ANNA, ANNA)}, "training.nobody"),
        ({"person_ids": (ANNA, PETYA)}, "training.not_staff"),
        ({"person_ids": (an_id("никто"),)}, "training.not_staff"),
        ({"topic": "  "}, "text.empty"),
    ],
)
def test_a_training_was_held_for_the_staff(
    school: SmallSchool, changed: dict[str, Any], code: str
) -> None:
    new = msgspec.structs.replace(HELD, **changed)
    assert school.refuses("hold_training", YEAR, new, by=VERA) == (Invalid, code)


# -- the municipal service -------------------------------------------------------------------


def test_a_request_has_its_day_and_no_personal_data(school: SmallSchool) -> None:
    [fact] = school.facts("request_service", YEAR, ASKED, APPLICATION, by=SVETA)
    assert isinstance(fact, f.ServiceRequested)
    assert fact.due_date == WEDNESDAY + timedelta(days=10)
    stored = school.log.vault[fact.payload.id]
    assert (stored.subject, "Петрова Ольга" in stored.body) == (OLGA, True)
    assert "Петрова" not in str(fact)
    assert school.does("request_service", YEAR, ASKED, APPLICATION, by=SVETA) == []


def test_another_regulation_gives_other_days(school: SmallSchool) -> None:
    school.does("adopt_regulation", YEAR, Regulation(version="2", service_days=3), "5-у")
    [fact] = school.facts("request_service", YEAR, ASKED, APPLICATION, by=ALLA)
    assert isinstance(fact, f.ServiceRequested)
    assert fact.due_date == date(2026, 9, 5)


@pytest.mark.parametrize("person", [VERA, ANNA, KIRA, OLGA, PETYA])
def test_the_register_is_kept_by_those_who_answer(requested: SmallSchool, person: str) -> None:
    new = msgspec.structs.replace(ASKED, request_id=an_id("ещё"))
    refused = requested.refuses("request_service", YEAR, new, APPLICATION, by=person)
    assert refused == ADMINISTRATION_ONLY
    refused = requested.refuses("decide_service", YEAR, REQUEST, Outcome.GRANTED, by=person)
    assert refused == ADMINISTRATION_ONLY


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"on": THURSDAY}, (Invalid, "service.day")),
        ({"pupil_id": ANNA}, (NotFound, "pupil.unknown")),
        ({"pupil_id": an_id("никто")}, (NotFound, "pupil.unknown")),
    ],
)
def test_a_request_is_about_a_pupil_and_came_already(
    school: SmallSchool, changed: dict[str, Any], refusal: Any
) -> None:
    new = msgspec.structs.replace(ASKED, **changed)
    assert school.refuses("request_service", YEAR, new, APPLICATION, by=SVETA) == refusal


def test_a_request_says_who_asks_for_what(school: SmallSchool) -> None:
    nobody = Application("  ", "", "отметки")
    refused = school.refuses("request_service", YEAR, ASKED, nobody, by=SVETA)
    assert refused == (Invalid, "service.empty")
    long = Application("Олег", "", "я" * 2_000)
    refused = school.refuses("request_service", YEAR, ASKED, long, by=SVETA)
    assert refused == (Invalid, "service.too_long")


def test_an_id_is_of_one_request(requested: SmallSchool) -> None:
    other = msgspec.structs.replace(ASKED, channel=Channel.POST)
    refused = requested.refuses("request_service", YEAR, other, APPLICATION, by=SVETA)
    assert refused == (Conflict, "service.id_taken")


def test_a_request_is_decided_once(requested: SmallSchool) -> None:
    [done] = requested.does("decide_service", YEAR, REQUEST, Outcome.GRANTED, by=DINA)
    assert (done.fact, done.envelope.by) == (f.ServiceDecided(REQUEST, Outcome.GRANTED), DINA)
    assert requested.does("decide_service", YEAR, REQUEST, Outcome.GRANTED, by=DINA) == []
    refused = requested.refuses("decide_service", YEAR, REQUEST, Outcome.REFUSED, "нет", by=DINA)
    assert refused == (Conflict, "service.decided")


def test_a_refusal_is_explained(requested: SmallSchool) -> None:
    refused = requested.refuses("decide_service", YEAR, REQUEST, Outcome.REFUSED, by=SVETA)
    assert refused == (Invalid, "service.no_reason")
    why = "заявитель не представитель ребёнка"
    [done] = requested.facts("decide_service", YEAR, REQUEST, Outcome.REFUSED, why, by=SVETA)
    assert isinstance(done, f.ServiceDecided)
    assert done.payload is not None
    assert requested.log.vault[done.payload.id].body == why
    unknown = requested.refuses("decide_service", YEAR, an_id("нет"), Outcome.GRANTED, by=SVETA)
    assert unknown == (NotFound, "service.unknown")


# -- who is away -----------------------------------------------------------------------------

AWAY = f.StaffAway(an_id("отсутствие"), ANNA, WEDNESDAY, date(2026, 9, 8), f.AwayKind.ILL)


def test_who_is_away_is_recorded_with_the_kind_of_the_reason_alone(school: SmallSchool) -> None:
    [fact] = school.facts("record_staff_away", YEAR, AWAY, "больничный лист", by=SVETA)
    assert isinstance(fact, f.StaffAway)
    assert fact.payload is not None
    assert msgspec.structs.replace(fact, payload=None) == AWAY
    stored = school.log.vault[fact.payload.id]
    assert (stored.subject, stored.body) == (ANNA, "больничный лист")
    assert school.does("record_staff_away", YEAR, AWAY, by=SVETA) == []


def test_nobody_is_away_twice_on_a_day_and_only_the_staff_is(school: SmallSchool) -> None:
    school.does("record_staff_away", YEAR, AWAY, by=VERA)

    def again(**other: Any) -> tuple[type[Exception], str]:
        new = msgspec.structs.replace(AWAY, **{"absence_id": an_id("второе"), **other})
        return school.refuses("record_staff_away", YEAR, new, by=VERA)

    assert again() == (Conflict, "staff_absence.known")
    assert again(since=date(2026, 9, 8), until=date(2026, 9, 30))[1] == "staff_absence.known"
    assert again(person_id=PETYA) == (Invalid, "staff_absence.not_staff")
    assert again(until=WEDNESDAY - timedelta(days=1)) == (Invalid, "staff_absence.days")
    assert again(absence_id=AWAY.absence_id, person_id=BORIS)[1] == "staff_absence.id_taken"
    after = msgspec.structs.replace(AWAY, absence_id=an_id("второе"), since=date(2026, 9, 9))
    after = msgspec.structs.replace(after, until=after.since)
    assert school.facts("record_staff_away", YEAR, after, by=VERA) == [after]


def test_who_is_back_earlier_is_not_away_any_more(school: SmallSchool) -> None:
    school.does("record_staff_away", YEAR, AWAY, by=VERA)
    back = ("record_staff_back", YEAR, AWAY.absence_id)
    unknown = school.refuses("record_staff_back", YEAR, an_id("не было"), THURSDAY, by=VERA)
    assert unknown == (NotFound, "staff_absence.unknown")
    late = school.refuses(*back, date(2026, 9, 10), by=VERA)
    assert late == (Invalid, "staff_absence.over")
    assert school.facts(*back, THURSDAY, by=VERA) == [f.StaffBack(AWAY.absence_id, THURSDAY)]
    assert school.does(*back, THURSDAY, by=VERA) == []
    anew = msgspec.structs.replace(AWAY, absence_id=an_id("второе"), since=THURSDAY)
    assert school.facts("record_staff_away", YEAR, anew, by=VERA) == [anew]
    assert school.facts(*back, date(2026, 8, 1), by=VERA) == [
        f.StaffBack(AWAY.absence_id, WEDNESDAY)
    ]


@pytest.mark.parametrize("person", [ANNA, KIRA, OLGA, PETYA])
def test_who_is_away_is_kept_by_the_office(school: SmallSchool, person: str) -> None:
    assert school.refuses("record_staff_away", YEAR, AWAY, by=person) == ADMINISTRATION_ONLY
