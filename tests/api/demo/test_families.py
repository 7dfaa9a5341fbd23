"""Families of the demonstration: papers, letters, signed weeks; the planted gaps and no others."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import date, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import msgspec

from api import scans
from api.demo import looks
from domain.calendar import Term, local_date, monday
from domain.codec import Recorded
from domain.journal.absence_facts import DiaryAcknowledged
from domain.journal.outcome_facts import Delivery, ParentReportSent
from domain.journal.state import Journal
from domain.people.consent import ConsentPaper
from domain.people.facts import ConsentDocumented, ConsentGiven
from projections import strongbox
from tests.api.demo.conftest import TODAY, Built, plan_of

WEEK = timedelta(days=7)
ZONE = "Europe/Moscow"


def this_year(built: Built) -> list[Journal]:
    return [one for one in built.journals if one.year == TODAY.year]


def sent(built: Built) -> dict[tuple[str, int], dict[str, tuple[Recorded, ParentReportSent]]]:
    """(class, term) → pupil → the letter."""
    found: dict[tuple[str, int], dict[str, tuple[Recorded, ParentReportSent]]] = defaultdict(dict)
    for one in built.log.since(0):
        if isinstance(fact := one.fact, ParentReportSent):
            found[str(one.originator_id), fact.term][fact.pupil_id] = (one, fact)
    return found


def terms(built: Built) -> dict[str, tuple[Term, ...]]:
    """class → its terms that are over."""
    courses = chain.from_iterable(plan_of(built.recipe).courses.values())
    return {
        one.class_id: tuple(
            term
            for term in one.calendar.terms
            if term.number in one.terms and term.ends < built.recipe.today
        )
        for one in courses
    }


def test_every_pupil_gets_the_letter_of_every_term_but_of_one_class(built: Built) -> None:
    letters = sent(built)
    [forgotten] = built.planted("letters_not_sent")
    moments = [one.envelope.at for one in built.log.since(0)]
    for journal in built.journals:
        for term in terms(built)[journal.class_id]:
            there = {one for one in journal.pupils if journal.enrolled(one, term.ends)}
            told = letters[journal.class_id, term.number]
            missed = (journal.class_id, term.number) == (forgotten["class_id"], forgotten["term"])
            assert told.keys() == (set() if missed else there)
            for one, fact in told.values():
                assert local_date(one.envelope.at, ZONE) == term.ends
                assert fact.position == bisect_left(moments, one.envelope.at)
    own = {one.class_id for one in this_year(built)}
    assert forgotten["class_id"] in own
    assert forgotten["term"] == max(number for class_id, number in letters if class_id in own)


def test_whoever_has_not_consented_gets_the_letter_on_paper(built: Built) -> None:
    unread = {flaw["pupil_id"] for flaw in built.planted("no_consent")}
    own = {one.class_id for one in this_year(built)}
    ways = {
        fact.pupil_id: fact.how
        for (class_id, _), told in sent(built).items()
        for _, fact in told.values()
        if class_id in own
    }
    on_paper = {pupil for pupil, how in ways.items() if how is Delivery.PAPER}
    assert on_paper == unread & ways.keys()


def test_weeks_are_signed_by_every_family_but_the_planted_ones(built: Built) -> None:
    signed = {
        (str(one.originator_id), fact.pupil_id, fact.monday)
        for one in built.log.since(0)
        if isinstance(fact := one.fact, DiaryAcknowledged)
    }
    gaps = {
        (flaw["class_id"], flaw["pupil_id"], date.fromisoformat(first))
        for flaw in built.planted("unsigned_diary")
        for first in flaw["mondays"]
    }
    owed = set()
    for journal in this_year(built):
        held = {one.date for one in journal.lessons.values() if not one.cancelled}
        weeks = sorted({monday(day) for day in held if monday(day) + WEEK <= TODAY})[-5:]
        owed |= {
            (journal.class_id, pupil, first)
            for pupil in journal.pupils
            if pupil in built.evidence.consents
            for first in weeks
        }
    assert owed - signed == gaps
    assert signed <= owed
    assert {first for *_, first in gaps} == {monday(TODAY) - WEEK, monday(TODAY) - 2 * WEEK}


def test_every_consent_has_its_paper_but_the_planted_ones(built: Built) -> None:
    given, papers = set(), {}
    for one in built.log.since(0):
        match one.fact:
            case ConsentGiven(guardian_id=who, purpose=purpose):
                given.add((str(one.originator_id), who, purpose))
            case ConsentDocumented(guardian_id=who, purpose=purpose) as fact:
                papers[str(one.originator_id), who, purpose] = fact
    lacking = {flaw["pupil_id"] for flaw in built.planted("no_paper")}
    assert {pupil for pupil, *_ in given - papers.keys()} == lacking
    assert not lacking & {pupil for pupil, *_ in papers}

    said = next(iter(papers.values())).paper.id
    paper = msgspec.json.decode(built.log.payloads[said].body, type=ConsentPaper)
    assert paper.signed_on.month == 8
    assert paper.child.address == paper.signer.address


def test_a_scan_of_a_paper_opens_as_the_document_that_a_door_takes_in(small: Built) -> None:
    documented = [
        (str(one.originator_id), fact)
        for one in small.log.since(0)
        if isinstance(fact := one.fact, ConsentDocumented) and fact.scan
    ]
    pupils = [pupil for pupil, _ in documented]
    assert len(pupils) == len(set(pupils)) > 20
    pupil, fact = documented[0]
    assert fact.scan is not None
    content = strongbox.unseal("", pupil, small.log.payloads[fact.scan.id].body)
    assert scans.checked(content) == (fact.media, content)


def test_families_look_at_their_own_child_and_open_the_letter_but_the_planted_ones(
    built: Built,
) -> None:
    seen = looks(built.recipe)
    guardians = {
        member.child.id: member.child.guardians
        for members in plan_of(built.recipe).population.members.values()
        for member in members
    }
    assert all(one.person_id in guardians[one.subject] for one in seen)
    assert {one.act for one in seen} == {"diary", "letter"}
    assert max(local_date(one.at, ZONE) for one in seen) < TODAY
    hours = {one.at.astimezone(ZoneInfo(ZONE)).hour for one in seen}
    assert min(hours) >= 7  # nobody reads it at night
    assert max(hours) <= 22

    own = {one.class_id for one in this_year(built)}
    last = max(number for class_id, number in sent(built) if class_id in own)
    addressed = {
        (guardian, fact.pupil_id)
        for (class_id, number), told in sent(built).items()
        if class_id in own and number == last
        for _, fact in told.values()
        if fact.how is Delivery.CABINET
        for guardian in fact.guardian_ids
    }
    opened = {(one.person_id, one.subject) for one in seen if one.act == "letter"}
    waiting = {one["person_id"] for one in built.planted("credentials_not_taken")}
    waiting |= {one["person_id"] for one in built.planted("no_credentials")}
    closed = {(one["person_id"], one["pupil_id"]) for one in built.planted("letter_unopened")}
    assert {one for one in addressed - opened if one[0] not in waiting} == closed
    assert opened <= addressed
