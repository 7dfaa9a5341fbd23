"""Beside the marks: comments on a pupil, defended projects, comprehensive works, levels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from domain.fact import Fact
from domain.journal import outcome_facts as o
from domain.journal import outcomes
from domain.journal.outcome_facts import DefenceKind, Level
from domain.office.facts import RegulationAdopted
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.regulation import Regulation
from domain.values import ReasonCode
from tests.cast import (
    ALGEBRA,
    ANNA,
    BORIS,
    CLASS_7A,
    ENGLISH,
    KIRA,
    MASHA,
    NEWCOMER,
    OLGA,
    PETYA,
    TANYA,
    VERA,
    an_id,
)
from tests.domain.engine_room import WAIT_S
from tests.domain.seventh_a import A_TEXT, ANOTHER_TEXT, OPENED, SCHOOL_YEAR, WEDNESDAY
from tests.domain.small_school import SmallSchool
from tests.specs import T0, Decision, Known, given

COMMENT, DEFENCE, WORK = an_id("комментарий"), an_id("защита"), an_id("работа")
HASH, ANOTHER_HASH = "9f" * 32, "7e" * 32
SEALED = outcomes.SealedFile("c2VhbGVk", "application/pdf", HASH)
ANEW = outcomes.SealedFile("YW5ldw==", "image/png", ANOTHER_HASH)
TITLE, FILE = A_TEXT, ANOTHER_TEXT
RECORDED = o.ProjectDefenceRecorded(
    DEFENCE, PETYA, DefenceKind.PROJECT, "5", WEDNESDAY, TITLE, FILE, "application/pdf", HASH
)


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


# -- comments (clause 4.1.г) -----------------------------------------------------------------

SAID = ("comment_pupil", CLASS_7A, COMMENT, PETYA, ALGEBRA)


def test_a_teacher_says_a_word_without_a_mark_and_it_is_in_the_vault(school: SmallSchool) -> None:
    [fact] = school.facts(*SAID, "Рассуждает вслух", by=ANNA)

    assert isinstance(fact, o.PupilCommented)
    assert (fact.pupil_id, fact.subject_id) == (PETYA, ALGEBRA)
    kept = school.log.vault[fact.comment.id]
    assert (kept.body, kept.subject, kept.kind) == ("Рассуждает вслух", PETYA, "comment")


def test_a_word_said_anew_keeps_the_old_one(school: SmallSchool) -> None:
    [first] = school.facts(*SAID, "Рассуждает", by=ANNA)
    [second] = school.facts(*SAID, "Рассуждает и доказывает", by=ANNA)

    assert isinstance(first, o.PupilCommented)
    assert isinstance(second, o.PupilCommentCorrected)
    assert second.old == first.comment
    assert school.log.vault[second.old.id].body == "Рассуждает"


def test_words_are_of_the_pupils_teacher_of_the_subject(school: SmallSchool) -> None:
    for by in (BORIS, KIRA, VERA):
        assert school.refuses(*SAID, "слово", by=by) == (Forbidden, "pupil_comment.not_yours")
    for by in (TANYA, OLGA, PETYA):
        assert school.refuses(*SAID, "слово", by=by) == (NotFound, "class.unknown")
    mashas = ("comment_pupil", CLASS_7A, COMMENT, MASHA, ENGLISH)  # not of Boris's half
    assert school.refuses(*mashas, "слово", by=BORIS) == (Forbidden, "pupil_comment.not_yours")


def test_no_words_a_stranger_and_a_number_of_another_are_refused(school: SmallSchool) -> None:
    assert school.refuses(*SAID, "  ", by=ANNA) == (Invalid, "comment.empty")
    stranger = ("comment_pupil", CLASS_7A, COMMENT, NEWCOMER, ALGEBRA)
    assert school.refuses(*stranger, "слово", by=ANNA) == (NotFound, "roster.unknown_pupil")
    school.does(*SAID, "слово", by=ANNA)
    mashas = ("comment_pupil", CLASS_7A, COMMENT, MASHA, ALGEBRA)
    assert school.refuses(*mashas, "слово", by=ANNA) == (Conflict, "pupil_comment.id_taken")


# -- defended projects (clause 4.2.а) --------------------------------------------------------


def defence(**other: Any) -> Decision:
    new = msgspec.structs.replace(RECORDED, **other)
    return lambda w: outcomes.record_defence(w.journal, w.office, new, T0)


def correction(**other: Any) -> Decision:
    how: dict[str, Any] = {
        "saw": "5",
        "value": "4",
        "on": WEDNESDAY,
        "reason_code": ReasonCode.APPEAL,
        "reason": None,
        "file": None,
        "sealed": None,
        "at": T0,
    }
    return lambda w: outcomes.correct_defence(w.journal, DEFENCE, **{**how, **other})


def test_a_defence_is_recorded_once_per_pupil_and_kind() -> None:
    given(*SCHOOL_YEAR).when(defence()).then(RECORDED).and_again_nothing_happens()
    recorded = given(*SCHOOL_YEAR, RECORDED)
    recorded.when(defence(defence_id=WORK)).then_refused(Conflict, "defence.recorded")
    recorded.when(defence(value="4")).then_refused(Conflict, "defence.id_taken")
    research = msgspec.structs.replace(RECORDED, defence_id=WORK, kind=DefenceKind.RESEARCH)
    recorded.when(defence(defence_id=WORK, kind=DefenceKind.RESEARCH)).then(research)


@pytest.mark.parametrize("grade_level", [4, 10])
def test_grades_that_the_regulation_does_not_name_defend_nothing(grade_level: int) -> None:
    other = msgspec.structs.replace(OPENED, grade_level=grade_level)
    given(*SCHOOL_YEAR, other).when(defence()).then_refused(Invalid, "defence.grade_level")
    wider = RegulationAdopted(Regulation(project_levels=(4, 10)), "77-у")
    given(*SCHOOL_YEAR, other, wider).when(defence()).then(RECORDED)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"value": "н/а"}, "defence.value"),
        ({"on": WEDNESDAY + timedelta(days=1)}, "outcome.in_the_future"),
        ({"pupil_id": NEWCOMER}, "outcome.pupil_not_in_class"),
        ({"on": WEDNESDAY - timedelta(days=2)}, "outcome.pupil_not_in_class"),
    ],
)
def test_a_defence_that_cannot_be_is_refused(other: dict[str, Any], code: str) -> None:
    given(*SCHOOL_YEAR).when(defence(**other)).then_refused(Invalid, code)


def test_an_annulled_defence_is_replaced_by_another_one_only() -> None:
    def annulment(saw: str = "5") -> Decision:
        why: dict[str, Any] = {"reason_code": ReasonCode.TYPO, "reason": None}
        return lambda w: outcomes.annul_defence(w.journal, DEFENCE, saw=saw, **why)

    gone = o.ProjectDefenceAnnulled(DEFENCE, PETYA, "5", ReasonCode.TYPO, None)
    recorded = given(*SCHOOL_YEAR, RECORDED)
    recorded.when(annulment("4")).then_refused(Conflict, "defence.changed_meanwhile")
    recorded.when(annulment()).then(gone).and_again_nothing_happens()
    given(*SCHOOL_YEAR).when(annulment()).then_refused(NotFound, "defence.unknown")
    annulled = given(*SCHOOL_YEAR, RECORDED, gone)
    annulled.when(defence()).then_refused(Conflict, "defence.annulled")
    another = msgspec.structs.replace(RECORDED, defence_id=WORK)
    annulled.when(defence(defence_id=WORK)).then(another)


def test_a_corrected_defence_keeps_what_was_there() -> None:
    corrected = o.ProjectDefenceCorrected(
        DEFENCE, PETYA, "5", "4", WEDNESDAY, WEDNESDAY, ReasonCode.APPEAL
    )
    given(*SCHOOL_YEAR, RECORDED).when(correction()).then(corrected)
    anew = msgspec.structs.replace(
        corrected, value="5", file=FILE, media="image/png", sha256=ANOTHER_HASH
    )
    given(*SCHOOL_YEAR, RECORDED).when(correction(value="5", file=FILE, sealed=ANEW)).then(anew)


def test_a_correction_of_what_changed_meanwhile_of_nothing_and_of_none_is_refused() -> None:
    recorded = given(*SCHOOL_YEAR, RECORDED)
    refusal = recorded.when(correction(saw="3")).then_refused(Conflict, "defence.changed_meanwhile")
    assert refusal.extra == {"value": "5"}
    recorded.when(correction(value="5")).then_refused(Invalid, "defence.same")
    same_file = correction(value="5", file=FILE, sealed=SEALED)
    recorded.when(same_file).then_refused(Invalid, "defence.same")
    given(*SCHOOL_YEAR).when(correction()).then_refused(NotFound, "defence.unknown")


def asked(file: outcomes.SealedFile | None = SEALED, title: str = "Мосты города") -> Any:
    kind = DefenceKind.PROJECT
    return ("record_defence", CLASS_7A, DEFENCE, PETYA, kind, title, "5", WEDNESDAY, file)


def test_a_defence_has_its_document_and_its_title_in_the_vault(school: SmallSchool) -> None:
    assert school.refuses(*asked(None), by=ANNA) == (Invalid, "defence.no_file")
    assert school.refuses(*asked(title=" "), by=ANNA) == (Invalid, "defence.no_title")

    [fact] = school.facts(*asked(), by=ANNA)

    assert isinstance(fact, o.ProjectDefenceRecorded)
    assert school.log.vault[fact.file.id].kind == "scan"
    assert school.log.vault[fact.payload.id].body == "Мосты города"
    assert fact.sha256 == HASH


def test_teachers_of_the_class_and_its_class_teacher_record_defences(school: SmallSchool) -> None:
    assert school.refuses(*asked(), by=VERA) == (Forbidden, "class.not_teaching")
    assert school.refuses(*asked(), by=TANYA) == (NotFound, "class.unknown")
    school.does(*asked(), by=KIRA)
    how: dict[str, Any] = {"saw": "5", "value": "4", "on_day": WEDNESDAY, "file": ANEW}
    how |= {"reason_code": ReasonCode.APPEAL, "reason": "апелляция"}
    assert school.refuses("correct_defence", CLASS_7A, DEFENCE, **how, by=VERA) == (
        Forbidden,
        "class.not_teaching",
    )
    [fact] = school.facts("correct_defence", CLASS_7A, DEFENCE, **how, by=BORIS)
    assert isinstance(fact, o.ProjectDefenceCorrected)
    assert fact.reason is not None
    assert fact.file is not None
    assert school.log.vault[fact.reason.id].body == "апелляция"
    assert school.log.vault[fact.file.id].body == ANEW.body


# -- works and levels (clause 4.2.г) ---------------------------------------------------------


def work(*results: outcomes.NewResult, **other: Any) -> Decision:
    how: dict[str, Any] = {
        "title": "Комплексная работа",
        "on": WEDNESDAY,
        "most_points": 20,
    } | other
    return lambda w: outcomes.record_work(
        w.journal, WORK, results=results or (PETYAS,), at=T0, **how
    )


PETYAS = outcomes.NewResult(PETYA, Level.RAISED, 17)
WORK_RECORDED = o.ComprehensiveWorkRecorded(
    WORK,
    "Комплексная работа",
    WEDNESDAY,
    (o.WorkResult(PETYA, Level.RAISED, 17),),
    20,
)


def test_a_work_is_recorded_and_a_pupil_has_one_result_in_it() -> None:
    given(*SCHOOL_YEAR).when(work()).then(WORK_RECORDED).and_again_nothing_happens()
    mashas = outcomes.NewResult(MASHA, Level.BASIC)
    given(*SCHOOL_YEAR, WORK_RECORDED).when(work(PETYAS, mashas)).then(
        o.ComprehensiveWorkCorrected(WORK, (o.ResultChange(MASHA, Level.BASIC),))
    )


def test_a_changed_result_keeps_the_old_one_and_wants_to_have_seen_it() -> None:
    better = outcomes.NewResult(PETYA, Level.HIGH, 19)
    recorded = given(*SCHOOL_YEAR, WORK_RECORDED)
    recorded.when(work(better)).then_refused(Conflict, "outcome.changed_meanwhile")
    seen = msgspec.structs.replace(better, saw=Level.RAISED)
    change = o.ResultChange(PETYA, Level.HIGH, 19, Level.RAISED, 17)
    recorded.when(work(seen)).then(o.ComprehensiveWorkCorrected(WORK, (change,)))


@pytest.mark.parametrize(
    ("results", "other", "code"),
    [
        ((outcomes.NewResult(PETYA, Level.BASIC, 21),), {}, "work.points"),
        ((PETYAS,), {"most_points": -1}, "work.points"),
        ((PETYAS, PETYAS), {}, "outcome.twice"),
        ((outcomes.NewResult(NEWCOMER, Level.BASIC),), {}, "outcome.pupil_not_in_class"),
        ((PETYAS,), {"on": WEDNESDAY + timedelta(days=1)}, "outcome.in_the_future"),
        ((PETYAS,), {"title": "Test"}, "text.not_russian"),
    ],
)
def test_a_work_that_makes_no_sense_is_refused(
    results: tuple[outcomes.NewResult, ...], other: dict[str, Any], code: str
) -> None:
    given(*SCHOOL_YEAR).when(work(*results, **other)).then_refused(Invalid, code)


def test_a_work_has_results_and_a_name_of_its_own() -> None:
    given(*SCHOOL_YEAR).when(
        lambda w: outcomes.record_work(w.journal, WORK, "Работа", WEDNESDAY, 0, (), T0)
    ).then_refused(Invalid, "work.empty")
    renamed = work(PETYAS, title="Другая работа")
    given(*SCHOOL_YEAR, WORK_RECORDED).when(renamed).then_refused(Conflict, "work.id_taken")


def levels(*new: outcomes.NewResult) -> Decision:
    return lambda w: outcomes.record_levels(w.journal, new, T0)


def test_a_level_is_recorded_once_and_a_changed_one_keeps_the_old() -> None:
    basic = outcomes.NewResult(PETYA, Level.BASIC)
    recorded = o.MetasubjectLevelRecorded(PETYA, Level.BASIC)
    given(*SCHOOL_YEAR).when(levels(basic)).then(recorded).and_again_nothing_happens()
    high = outcomes.NewResult(PETYA, Level.HIGH)
    given(*SCHOOL_YEAR, recorded).when(levels(high)).then_refused(
        Conflict, "outcome.changed_meanwhile"
    )
    seen = outcomes.NewResult(PETYA, Level.HIGH, saw=Level.BASIC)
    given(*SCHOOL_YEAR, recorded).when(levels(seen)).then(
        o.MetasubjectLevelCorrected(PETYA, Level.BASIC, Level.HIGH)
    )
    given(*SCHOOL_YEAR).when(levels()).then_refused(Invalid, "level.empty")


@pytest.mark.parametrize("by", [ANNA, VERA])
def test_works_and_levels_are_the_class_teachers(school: SmallSchool, by: str) -> None:
    asked_for: list[tuple[Any, ...]] = [
        ("record_comprehensive_work", CLASS_7A, WORK, "Работа", WEDNESDAY, 20, [PETYAS]),
        ("record_metasubject_levels", CLASS_7A, [outcomes.NewResult(PETYA, Level.BASIC)]),
    ]
    for command in asked_for:
        assert school.refuses(*command, by=by) == (Forbidden, "class.not_yours")
        assert school.refuses(*command, by=TANYA) == (NotFound, "class.unknown")
        assert school.facts(*command, by=KIRA)


# -- what families are told ------------------------------------------------------------------


def test_a_forecast_is_hidden_or_explained_by_the_teacher_of_the_subject(
    school: SmallSchool,
) -> None:
    annotate = ("annotate_forecast", CLASS_7A, PETYA, ALGEBRA)
    assert school.refuses(*annotate, by=KIRA) == (Forbidden, "pupil_comment.not_yours")
    assert school.refuses(*annotate, by=OLGA) == (NotFound, "class.unknown")
    assert school.facts(*annotate, by=ANNA) == []  # as it is counted

    [fact] = school.facts(*annotate, by=ANNA, words="Болел, догоняет")
    assert isinstance(fact, o.ForecastAnnotated)
    assert (fact.term, fact.hidden) == (1, False)
    assert fact.note is not None
    assert school.log.vault[fact.note.id].body == "Болел, догоняет"
    [hidden] = school.facts(*annotate, by=ANNA, hidden=True)
    assert isinstance(hidden, o.ForecastAnnotated)
    assert hidden.note is None
    assert school.facts(*annotate, by=ANNA, hidden=True) == []
    [shown] = school.facts(*annotate, by=ANNA)
    assert shown == o.ForecastAnnotated(PETYA, ALGEBRA, 1)


def test_between_terms_there_is_no_forecast_to_speak_of() -> None:
    vacation = T0.replace(month=10, day=30)

    def decide(at: Known) -> list[Fact]:
        return outcomes.annotate_forecast(
            at.journal, at.office, PETYA, ALGEBRA, vacation, hidden=True, note=None
        )

    given(*SCHOOL_YEAR).when(decide).then_refused(Conflict, "forecast.no_term")


def test_letters_go_to_guardians_with_consent_or_are_handed_out(school: SmallSchool) -> None:
    cabinet, paper = o.Delivery.CABINET, o.Delivery.PAPER
    send = ("send_parent_reports", CLASS_7A)
    assert school.refuses(*send, [], 1, 0, paper, by=KIRA) == (Invalid, "letter.empty")
    assert school.refuses(*send, [PETYA], 1, 0, paper, by=ANNA) == (Forbidden, "class.not_yours")
    assert school.refuses(*send, [NEWCOMER], 1, 0, paper, by=KIRA) == (
        NotFound,
        "roster.unknown_pupil",
    )
    assert school.refuses(*send, [MASHA], 1, 0, cabinet, by=KIRA) == (Invalid, "letter.nobody")

    [fact] = school.facts(*send, [MASHA], 1, 0, paper, by=KIRA)
    assert fact == o.ParentReportSent(MASHA, 1, 0, (), paper)
    assert school.facts(*send, [MASHA], 1, 0, paper, by=KIRA) == []
    assert len(school.facts(*send, [MASHA], 1, 7, paper, by=KIRA)) == 1  # of a later journal
