"""Guardians kept away, pupils of age, broken glasses, records under a name, opened journals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.journal import facts as j
from domain.office import facts as o
from domain.office.grant_facts import JournalsClosed, JournalsOpened
from domain.people import facts as p
from domain.people import standing_facts as s
from domain.people.standing import come_of_age
from domain.people.state import Person
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.school import Handing
from domain.values import ReasonCode, Role, Tier
from tests.cast import (
    ALLA,
    ANNA,
    CLASS_7A,
    DINA,
    IGOR,
    KIRA,
    MASHA,
    OLGA,
    PETYA,
    TANYA,
    VERA,
    an_id,
)
from tests.domain.engine_room import WAIT_S
from tests.domain.seventh_a import SEPTEMBER_1, SUBSTITUTION, THURSDAY, WEDNESDAY
from tests.domain.small_school import SmallSchool
from tests.domain.test_commands import MARK, mark_given
from tests.specs import YEAR

GLASS, GRANT = an_id("стекло"), an_id("допуск")
WHY = "ребёнка ищет полиция, нужен последний урок"
COURT = "решение суда № 2-17"
NOT_MINE: dict[str, Any] = {"reason_code": ReasonCode.NOT_MINE, "by": ANNA}


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)
    yield school
    school.room.engine.close(WAIT_S)


# -- guardians -------------------------------------------------------------------------------


def test_a_document_keeps_a_guardian_away_and_its_words_stay_outside(school: SmallSchool) -> None:
    [limited] = school.facts("limit_guardian", YEAR, PETYA, OLGA, WEDNESDAY, None, COURT)
    assert isinstance(limited, s.GuardianLimited)
    assert school.log.vault[limited.order.id].body == COURT
    again = school.asks("limit_guardian", YEAR, PETYA, OLGA, WEDNESDAY, None, COURT)
    assert again.result(WAIT_S).facts == 0
    [lifted] = school.facts("lift_guardian_limit", YEAR, PETYA, OLGA, THURSDAY, "определение")
    assert isinstance(lifted, s.GuardianLimitLifted)
    assert school.does("lift_guardian_limit", YEAR, PETYA, OLGA, THURSDAY, "оно же") == []


@pytest.mark.parametrize(
    ("command", "arguments", "refusal"),
    [
        ("limit_guardian", (MASHA, OLGA, WEDNESDAY, None, COURT), (NotFound, "guardian.unknown")),
        (
            "limit_guardian",
            (PETYA, OLGA, THURSDAY, WEDNESDAY, COURT),
            (Invalid, "guardian.limit_dates"),
        ),
        ("limit_guardian", (PETYA, OLGA, WEDNESDAY, None, " "), (Invalid, "guardian.no_order")),
        (
            "lift_guardian_limit",
            (PETYA, OLGA, WEDNESDAY, COURT),
            (NotFound, "guardian.not_limited"),
        ),
    ],
)
def test_a_limit_needs_a_guardian_days_and_a_document(
    school: SmallSchool, command: str, arguments: tuple[Any, ...], refusal: Any
) -> None:
    assert school.refuses(command, YEAR, *arguments) == refusal


# -- eighteen --------------------------------------------------------------------------------


def test_until_eighteen_the_pupil_decides_nothing(school: SmallSchool) -> None:
    refused = school.refuses("decide_own_diary", YEAR, PETYA, "diary", opened=True, by=PETYA)
    assert refused == (Forbidden, "age.not_of_age")
    for person in (OLGA, ANNA):
        refused = school.refuses("decide_own_diary", YEAR, PETYA, "diary", opened=True, by=person)
        assert refused == (Forbidden, "access.not_about_oneself")
    refused = school.refuses(
        "decide_own_diary", YEAR, PETYA, "diary", opened=True, by=an_id("никто")
    )
    assert refused == (NotFound, "person.unknown")


def test_from_eighteen_on_the_pupil_opens_and_closes_the_diary(school: SmallSchool) -> None:
    school.does("give_consent", CLASS_7A, PETYA, OLGA, "diary", SEPTEMBER_1, by=KIRA)
    [of_age] = school.does("record_majority", CLASS_7A, PETYA, by=KIRA)
    assert of_age.fact == s.CameOfAge()
    assert school.does("record_majority", CLASS_7A, PETYA, by=KIRA) == []

    say: dict[str, Any] = {"by": PETYA}
    [closed] = school.does("decide_own_diary", YEAR, OLGA, "diary", opened=False, **say)
    assert closed.fact == p.ConsentWithdrawn(OLGA, "diary")
    assert (closed.envelope.role, closed.envelope.basis) == (Role.PUPIL, "self")
    [own] = school.facts("decide_own_diary", YEAR, PETYA, "diary", opened=True, **say)
    assert own == p.ConsentGiven(PETYA, "diary", WEDNESDAY)
    stranger = school.refuses("decide_own_diary", YEAR, ANNA, "diary", opened=True, **say)
    assert stranger == (Invalid, "consent.not_a_guardian")


def test_only_a_pupil_comes_of_age() -> None:
    with pytest.raises(Invalid) as refused:
        come_of_age(Person(OLGA, version=1, kind="guardian"))
    assert refused.value.code == "age.not_a_pupil"


# -- the glass -------------------------------------------------------------------------------


def test_a_broken_glass_is_half_an_hour_with_a_reason(school: SmallSchool) -> None:
    [broken] = school.does("break_glass", YEAR, GLASS, PETYA, WHY, by=VERA)
    assert isinstance(broken.fact, s.GlassBroken)
    assert broken.fact.until == broken.envelope.at + timedelta(minutes=30)
    assert school.log.vault[broken.fact.reason.id].body == WHY
    assert school.does("break_glass", YEAR, GLASS, PETYA, WHY, by=VERA) == []
    taken = school.refuses("break_glass", YEAR, GLASS, PETYA, WHY, by=ALLA)
    assert taken == (Conflict, "glass.id_taken")


def test_another_person_reviews_a_broken_glass(school: SmallSchool) -> None:
    school.does("break_glass", YEAR, GLASS, PETYA, WHY, by=VERA)
    own = school.refuses("review_glass", YEAR, PETYA, GLASS, by=VERA)
    assert own == (Forbidden, "glass.own")
    assert school.facts("review_glass", YEAR, PETYA, GLASS, by=DINA) == [s.GlassReviewed(GLASS)]
    assert school.does("review_glass", YEAR, PETYA, GLASS, by=DINA) == []
    unknown = school.refuses("review_glass", YEAR, MASHA, GLASS, by=DINA)
    assert unknown == (NotFound, "glass.unknown")


@pytest.mark.parametrize("reason", ["", "надо", "               "])
def test_a_glass_is_not_broken_without_a_reason(school: SmallSchool, reason: str) -> None:
    refused = school.refuses("break_glass", YEAR, GLASS, PETYA, reason, by=VERA)
    assert refused == (Invalid, "glass.reason")


def test_a_glass_stands_before_pupils_alone(school: SmallSchool) -> None:
    refused = school.refuses("break_glass", YEAR, GLASS, ANNA, WHY, by=VERA)
    assert refused == (NotFound, "pupil.unknown")


# -- records under a name --------------------------------------------------------------------


def suspected(school: SmallSchool) -> None:
    """Anna, who has an account, thinks that her password is known."""
    school.does("issue_accounts", YEAR, [Handing(ANNA, ANNA)])
    school.does("revoke_account", YEAR, ANNA, "suspicion", by=ANNA)


def test_nobody_reviews_records_without_a_suspicion(school: SmallSchool) -> None:
    refused = school.refuses("review_facts", "mine", (7,), (), by=ANNA)
    assert refused == (Conflict, "suspicion.none")


def test_the_person_says_whose_records_are(school: SmallSchool) -> None:
    suspected(school)
    [mine] = school.does("review_facts", "mine", (7, 9), (), by=ANNA)
    assert mine.fact == s.FactsReviewed("mine", (7, 9))
    assert (str(mine.originator_id), mine.envelope.basis) == (ANNA, "self")
    assert school.does("review_facts", "mine", (9,), (), by=ANNA) == []
    [other] = school.facts("review_facts", "not_mine", (7, 8), (MARK,), by=ANNA)
    assert other == s.FactsReviewed("not_mine", (7, 8), (MARK,))
    family = school.refuses("review_facts", "mine", (7,), (), by=OLGA)
    assert family == (Forbidden, "access.not_about_oneself")


def test_a_denied_mark_is_corrected_however_long_ago_the_lesson_was(school: SmallSchool) -> None:
    mark_given(school)
    school.room.now += timedelta(days=40)
    late = school.refuses("annul_mark", CLASS_7A, MARK, saw="4", **NOT_MINE)
    assert late == (Forbidden, "mark.settled")
    suspected(school)
    school.does("review_facts", "not_mine", (7,), (MARK,), by=ANNA)

    [corrected] = school.facts("correct_mark", CLASS_7A, MARK, saw="4", value="5", **NOT_MINE)
    [annulled] = school.facts("annul_mark", CLASS_7A, MARK, saw="5", **NOT_MINE)

    assert isinstance(corrected, j.MarkCorrected)
    assert annulled == j.MarkAnnulled(MARK, "5", Tier.T1, ReasonCode.NOT_MINE)


def test_what_is_confirmed_again_is_settled_again(school: SmallSchool) -> None:
    mark_given(school)
    suspected(school)
    school.room.now += timedelta(days=40)
    school.does("review_facts", "not_mine", (7,), (MARK,), by=ANNA)
    school.does("review_facts", "mine", (7,), (MARK,), by=ANNA)

    refused = school.refuses("annul_mark", CLASS_7A, MARK, saw="4", **NOT_MINE)

    assert refused == (Forbidden, "mark.settled")


def test_a_denied_mark_is_still_nobody_elses(school: SmallSchool) -> None:
    mark_given(school)
    suspected(school)
    school.does("review_facts", "not_mine", (7,), (MARK,), by=ANNA)
    how: dict[str, Any] = {"saw": "4", "reason_code": ReasonCode.NOT_MINE}

    assert school.refuses("annul_mark", CLASS_7A, MARK, **how, by=VERA)[0] is Forbidden
    school.does("appoint_substitute", CLASS_7A, SUBSTITUTION)
    [annulled] = school.does("annul_mark", CLASS_7A, MARK, **how, by=TANYA)
    assert annulled.envelope.acting_for == ANNA


# -- journals opened to an auditor -----------------------------------------------------------


def opened(**other: Any) -> JournalsOpened:
    said: dict[str, Any] = {
        "grant_id": GRANT,
        "person_id": IGOR,
        "since": WEDNESDAY,
        "until": WEDNESDAY + timedelta(days=14),
        "order_no": "61-у",
        "class_ids": (CLASS_7A,),
    }
    return JournalsOpened(**(said | other))


@pytest.fixture
def inspected(school: SmallSchool) -> SmallSchool:
    school.does("appoint", YEAR, o.Appointment(IGOR, Role.AUDITOR, SEPTEMBER_1), by=DINA)
    return school


def test_journals_are_opened_for_a_time_and_closed_before(inspected: SmallSchool) -> None:
    assert inspected.facts("open_journals", YEAR, opened()) == [opened()]
    assert inspected.does("open_journals", YEAR, opened()) == []
    assert inspected.facts("close_journals", YEAR, GRANT, THURSDAY) == [
        JournalsClosed(GRANT, THURSDAY)
    ]
    assert inspected.does("close_journals", YEAR, GRANT, THURSDAY) == []
    taken = inspected.refuses("open_journals", YEAR, opened(order_no="62-у"))
    assert taken == (Conflict, "grant.id_taken")


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"order_no": " "}, (Invalid, "grant.no_order")),
        ({"until": WEDNESDAY}, (Invalid, "grant.dates")),
        ({"until": WEDNESDAY + timedelta(days=401)}, (Invalid, "grant.dates")),
        ({"person_id": VERA}, (Invalid, "grant.not_an_auditor")),
        ({"class_ids": (an_id("нет такого"),)}, (NotFound, "class.unknown")),
    ],
)
def test_journals_open_by_an_order_to_an_auditor(
    inspected: SmallSchool, other: dict[str, Any], refusal: Any
) -> None:
    assert inspected.refuses("open_journals", YEAR, opened(**other)) == refusal


def test_a_grant_that_has_not_begun_or_is_not_there_is_not_closed(inspected: SmallSchool) -> None:
    unknown = inspected.refuses("close_journals", YEAR, GRANT, THURSDAY)
    assert unknown == (NotFound, "grant.unknown")
    inspected.does("open_journals", YEAR, opened(since=THURSDAY))
    early = inspected.refuses("close_journals", YEAR, GRANT, WEDNESDAY)
    assert early == (Invalid, "grant.dates")
