"""Live figures of what families have of the journal: known counts, one click from who lacks it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from domain.access import Actor
from domain.journal.outcome_facts import Delivery
from domain.people.facts import Name
from projections.figures import Context, Figure, context_of, figures
from tests.conftest import admin, url_of
from tests.domain.test_consent_paper import PAPER
from tests.ground import YEAR, number, request
from tests.projections.life import MONDAY, Life, life

WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
def at(server: str, template: str) -> Iterator[Life]:
    """Two children of one mother are in 7а; she consents to both diaries."""
    name = "test_figures_of_families"
    admin(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    with life(url_of(server, name)) as one:
        for pupil in one.pupils[:2]:
            linked = one.school.link_guardian(
                YEAR, pupil, one.mother, MONDAY - WEEK, by=one.office, request=request()
            )
            one.must(linked)
            consent(one, pupil)
        yield one
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def consent(at: Life, pupil: str, **more: Any) -> None:
    """The mother's, for the diary."""
    given = at.school.give_consent(
        at.class_id,
        pupil,
        at.mother,
        "diary",
        MONDAY - WEEK,
        **more,
        by=at.office,
        request=request(),
    )
    at.must(given)


def measured(at: Life, clause: str, place: int = 0, **later: float) -> Figure:
    """A figure of a clause once everything is folded."""
    at.fold_all()
    context = at.read(context_of, YEAR, at.clock() + timedelta(**later))
    assert isinstance(context, Context)
    found = at.read(figures, context, frozenset({clause}))[clause][place]
    assert isinstance(found, Figure)
    return found


def counted(at: Life, clause: str, place: int = 0, **later: float) -> tuple[int, int]:
    """Good and total."""
    found = measured(at, clause, place, **later)
    return found.good, found.total


def sql(at: Life, text: str, *arguments: Any) -> None:
    """Rows that only the doors or a job would write."""
    with psycopg.connect(at.url) as conn:
        conn.execute(f"SET search_path = {at.schema}")
        conn.execute(text, arguments)


def test_diaries_that_can_be_opened_from_afar(at: Life) -> None:
    closed = measured(at, "1.9")
    assert (closed.good, closed.total) == (0, 2)
    [seventh] = closed.places
    assert (seventh.name, seventh.missing) == ("7а", 2)
    assert seventh.href == f"/classes/{at.class_id}/credentials"
    assert counted(at, "1.13") == (0, 1)

    sql(
        at,
        "INSERT INTO account (person_id, login, hash, must_change, issued_at, good_until)"
        " VALUES (%s, 'mother', NULL, true, now(), %s)",
        at.mother,
        at.clock() + timedelta(days=3),
    )

    assert counted(at, "1.9") == (2, 2)
    assert counted(at, "1.9", days=3) == (0, 2)  # the slip is good for three days
    told = measured(at, "1.13")
    assert (told.good, told.total, told.places) == (1, 1, ())
    assert told.text.startswith("родителей получили от школы листок о дневнике")
    for clause, good in (("4.2.г-2", 1), ("3.1.2", 0)):  # one mother of two
        assert counted(at, clause) == (good, 1)

    sql(at, "UPDATE account SET disabled_at = now() WHERE person_id = %s", at.mother)
    assert counted(at, "4.2.г-2") == (0, 1)
    assert counted(at, "1.13") == (1, 1)  # she has been told of the diary all the same
    sql(at, "UPDATE account SET disabled_at = NULL WHERE person_id = %s", at.mother)


def test_diaries_opened_by_families_are_of_the_own_child(at: Life) -> None:
    assert measured(at, "1.12").why == "за 7 дней семьи дневник не открывали"
    look = (
        "INSERT INTO access_log (at, person_id, act, subject, outcome, basis)"
        " VALUES (%s, %s, 'diary', %s, %s, %s)"
    )
    child, other, now = at.pupils[0], at.pupils[3], at.clock() - timedelta(hours=1)
    sql(at, look, now, at.mother, child, "ok", "guardian")
    sql(at, look, now, child, child, "ok", "self")
    sql(at, look, now, at.mother, other, "refused", "path.unknown")
    sql(at, look, now, at.galina.person_id, other, "ok", "class_teacher")
    sql(at, look, now - WEEK, at.mother, child, "ok", "guardian")
    assert counted(at, "1.12") == (2, 2)

    sql(at, look, now, at.mother, other, "ok", "guardian")

    leak = measured(at, "1.12")
    assert (leak.good, leak.total) == (2, 3)
    assert [(one.name, one.href) for one in leak.places] == [("7а", f"/pupils/{other}/looks")]


def test_weeks_of_the_diary_that_a_guardian_has_signed(at: Life) -> None:
    before = measured(at, "2.2.9")
    assert (before.good, before.total) == (0, 2)
    assert before.text == "учеников, чью неделю 16.11–22.11 подписал кто-то из родителей"
    [place] = before.places
    assert place.href == f"/classes/{at.class_id}/acknowledgements"

    week = (at.class_id, at.pupils[0], MONDAY - WEEK, 1)
    at.must(at.school.acknowledge_diary(*week, by=Actor(at.mother, "s"), request=request()))

    assert counted(at, "2.2.9") == (1, 2)
    assert counted(at, "2.2.9", days=7) == (0, 2)  # the next week is not signed
    nothing = measured(at, "2.2.9", days=200)  # nobody signs a week without lessons
    assert (nothing.total, nothing.places) == (0, ())
    assert nothing.why.startswith("подписывать нечего")


def test_consents_whose_paper_is_kept(at: Life) -> None:
    every = len(at.pupils)
    assert counted(at, "4.2.г-1") == (0, every)

    consent(at, at.pupils[1], paper=PAPER)

    kept = measured(at, "4.2.г-1")
    assert (kept.good, kept.total) == (1, every)
    assert [(one.name, one.missing) for one in kept.places] == [("7а", every - 1)]
    assert kept.places[0].href == f"/classes/{at.class_id}/consents"
    assert counted(at, "4.2.г-1", days=-8) == (0, every)  # not in force yet


def test_notices_that_have_arrived(at: Life) -> None:
    assert measured(at, "2.2.8").why == "за 7 дней семьям нечего было сообщать"
    at.fold_all()
    now, day = at.clock(), timedelta(days=1)
    row = (
        "INSERT INTO notice (position, ordinal, pupil_id, person_id, channel, class_id, kind, at,"
        " due, state) SELECT last, %s, %s, %s, %s, %s, 'mark-given', %s, %s, %s FROM head"
    )
    for ordinal, (channel, due, state) in enumerate(
        (
            ("inbox", now, "sent"),
            ("email", now, "sent"),
            ("email", now, "failed"),
            ("email", now, "queued"),  # there is a day to go out
            ("email", now - 2 * day, "queued"),
            ("email", now, "dropped"),  # nobody is owed it any more
        )
    ):
        who = (ordinal, at.pupils[0], at.mother, channel, at.class_id)
        sql(at, row, *who, now, due, state)

    told = measured(at, "2.2.8")
    assert (told.good, told.total) == (2, 4)
    assert [(one.name, one.missing, one.href) for one in told.places] == [
        ("7а", 2, f"/classes/{at.class_id}/notices")
    ]
    assert counted(at, "2.2.8", days=8) == (0, 0)


def test_letters_of_the_term_that_is_over_and_who_opened_them(at: Life) -> None:
    assert measured(at, "4.1.в", days=-40).why == "ни один период ещё не закончился, письмо — о нём"
    every = len(at.pupils)
    unsent = measured(at, "4.1.в")
    assert (unsent.good, unsent.total) == (0, every)
    assert unsent.places[0].href == f"/classes/{at.class_id}/parent-reports?term=1"
    assert measured(at, "4.1.в", 1).why == "писем ещё не отправляли"

    both = [at.pupils[0], at.pupils[1]]
    sent = at.school.send_parent_reports(
        at.class_id, both, 1, 1, Delivery.CABINET, by=at.galina, request=request()
    )
    at.must(sent)
    sql(
        at,
        "INSERT INTO access_log (at, person_id, act, subject, outcome, basis)"
        " VALUES (%s, %s, 'letter', %s, 'ok', 'guardian')",
        at.clock(),
        at.mother,
        at.pupils[0],
    )

    assert counted(at, "4.1.в") == (2, every)
    assert counted(at, "4.1.в", 1) == (1, 2)


def test_a_sibling_in_another_class_is_missing_in_both_and_counted_once(at: Life) -> None:
    father = number("families/father")
    s, by = at.school, at.office
    name = Name("Отцов", "Олег")
    at.must(s.register_person(YEAR, father, "guardian", name, by=by, request=request()))
    at.must(s.enrol_pupils(at.other_class, [at.newcomer], MONDAY - WEEK, by=by, request=request()))
    for pupil in (at.pupils[2], at.newcomer):
        at.must(s.link_guardian(YEAR, pupil, father, MONDAY - WEEK, by=by, request=request()))

    handed = measured(at, "4.2.г-2")

    assert (handed.good, handed.total) == (1, 2)
    assert [(one.name, one.missing) for one in handed.places] == [("7а", 1), ("7б", 1)]
    assert counted(at, "1.13") == (1, 2)  # parents are told, not classes
