"""The forecast on invented school years: it counts exactly, looks only back, and says why."""

from __future__ import annotations

from random import Random

import pytest

from domain.forecast.alert import alerted
from domain.forecast.defaults import DEFAULT
from domain.forecast.fitting import Rule, fit
from domain.forecast.gradebook import Gradebook, Line
from domain.forecast.judging import past, walk
from domain.forecast.method import Forecast, forecast_class
from domain.forecast.parameters import GRID, Parameters
from domain.forecast.plan import Plan, Work
from domain.forecast.prior import Cell, Group
from domain.forecast.quality import outlook
from domain.forecast.scoring import errors_of_naive, judged, rps, scores
from domain.forecast.tally import EMPTY, Given, added, tallied
from domain.forecast.whatif import fives_needed, likely, with_marks
from domain.forecast.words import FEW, for_family, reason
from tests.benchmarks.school_year import lines

CLASSES = 2
FOUR, FIVE, TWO = (Given(100 * mark, 100, 0) for mark in (4, 5, 2))


@pytest.fixture(scope="module")
def year() -> list[Line]:
    return list(lines(5, classes=CLASSES, size=16))


@pytest.fixture(scope="module")
def learned(year: list[Line]) -> Parameters:
    book = Gradebook(year)
    return fit(past(book, ["1", "2"]), ("1", "2"))


def test_a_tally_kept_mark_by_mark_is_that_counted_anew() -> None:
    chance = Random(1)
    marks = [
        Given(chance.choice((200, 300, 400, 500)), chance.choice((50, 100, 133, 250)), n % 3)
        for n in range(200)
    ]
    kept = EMPTY
    for mark in marks:
        kept = added(kept, mark)
    kept = added(added(kept, marks[7], -1), marks[7])  # corrected there and back
    chance.shuffle(marks)
    assert kept == tallied(marks)
    assert kept - tallied(marks[:50]) == tallied(marks[50:])


def test_what_comes_later_does_not_change_a_forecast(year: list[Line], learned: Parameters) -> None:
    half = GRID[2]
    spoilt = [one if one.progress <= half else one._replace(given=TWO, mark="2") for one in year]
    found = []
    for of in (year, spoilt):
        samples = Gradebook(one for one in of if one.term == "3").samples("3")
        found.append(
            [forecast_class(one.groups, half, learned) for one in samples if one.part == 2]
        )
    assert found[0] == found[1]


def test_a_class_after_a_mark_is_as_in_the_whole_school_counted_anew(
    year: list[Line], learned: Parameters
) -> None:
    samples = [one for one in Gradebook(year).samples("3", "2") if one.part == 2]
    group = samples[0].groups[0]
    first = group.cells[0]
    after = first._replace(now=added(first.now, Given(500, 200, 1)))
    groups = [group._replace(cells=[after, *group.cells[1:]]), *samples[0].groups[1:]]
    alone = forecast_class(groups, 0.5, learned)
    everyone = [
        forecast_class(groups if one is samples[0] else one.groups, 0.5, learned) for one in samples
    ]
    assert alone == everyone[0]
    assert alone[0][0] != forecast_class(samples[0].groups, 0.5, learned)[0][0]


def test_earlier_terms_forecast_a_later_one_better_than_its_mean_so_far(year: list[Line]) -> None:
    verdicts = list(walk(Gradebook(year), Rule()))
    assert [(one.term, one.fitted_on) for one in verdicts] == [
        ("2", ("1",)),
        ("3", ("1", "2")),
        ("4", ("1", "2", "3")),
    ]
    found = scores(verdicts[-1].ones, verdicts[-1].errors)
    assert found.skill > 0.15
    assert found.accuracy > found.naive_accuracy
    assert 0.7 < found.coverage < 0.9


def test_with_shuffled_term_marks_the_forecast_is_of_no_use(year: list[Line]) -> None:
    book = Gradebook(year)
    book.shuffle(Random(1))
    verdict = list(walk(book, Rule()))[-1]
    assert scores(verdict.ones, verdict.errors).skill < 0


def test_the_rule_of_the_teachers_is_learned_from_their_term_marks(learned: Parameters) -> None:
    # the invented teachers add 0.05 and save most of those who are near a 3
    three, four, five = learned.thresholds
    assert 2.2 <= three <= 2.45
    assert 3.4 <= four <= 3.5
    assert 4.4 <= five <= 4.5
    assert fit([], ()).thresholds == (2.46, 3.46, 4.46)


def _one(
    marks: list[Given], before: list[Given], p: Parameters, at: float = 0.5
) -> tuple[Cell, Forecast]:
    cells = [
        Cell("p", tallied(marks), tallied(before)),
        *(Cell(str(n), tallied([FOUR] * 4), tallied([FOUR] * 8)) for n in range(9)),
    ]
    return cells[0], forecast_class([Group("s", "s 7", cells)], at, p)[0][0]


def test_own_marks_count_more_the_more_there_are() -> None:
    shares = [_one([FIVE] * n, [FOUR] * 8, DEFAULT)[1].own_share for n in (0, 1, 4, 12)]
    assert shares[0] == 0
    assert shares == sorted(shares)
    level = _one([FIVE] * 2, [FOUR] * 8, DEFAULT)[1].level
    assert 4 < level < 5


def test_works_of_a_plan_are_what_is_ahead_of_a_subject_never_seen() -> None:
    cells = [Cell(str(n), tallied([FOUR] * 3)) for n in range(9)]

    def ahead(plan: Plan | None, at: float = 0.5) -> Forecast:
        return forecast_class([Group("s", "new", cells, plan)], at, DEFAULT)[0][0]

    past = [Work(0.1, 100, 0), Work(0.3, 100, 0), Work(0.4, 100, 0)]
    nothing, heavy = Plan(past), Plan([*past, Work(0.9, 1000, 2)])
    assert ahead(None).ahead.marks > 2
    assert ahead(nothing).ahead.marks == 0
    assert ahead(nothing).sd < 0.01
    one = ahead(heavy)
    assert 0.8 < one.ahead.marks <= 1
    assert one.ahead.weight == pytest.approx(10)
    assert one.sd > 2 * ahead(Plan([*past, Work(0.9, 100, 0)])).sd
    assert sum(one.chances) == pytest.approx(1)
    assert ahead(heavy, at=0.95).ahead.marks == 0
    answers = Plan([Work(0.9, 300, 2)], kinds=(2,))  # of control works alone
    assert ahead(None).ahead.marks > ahead(answers).ahead.marks > 1


def test_chances_are_chances_and_come_to_the_point_at_the_end_of_a_term() -> None:
    for marks in ([], [TWO], [FOUR] * 3, [FIVE] * 20):
        _, found = _one(marks, [], DEFAULT)
        assert sum(found.chances) == pytest.approx(1)
        assert all(0 <= chance <= 1 for chance in (*found.chances, found.not_attested))
    _, found = _one([FIVE] * 9, [], DEFAULT, at=1.0)
    assert found.chances[3] > 0.99
    assert found.mean == pytest.approx(5)
    _, found = _one([FIVE], [], DEFAULT, at=1.0)
    assert found.not_attested == pytest.approx(DEFAULT.not_attested)


def test_what_if_is_the_same_formula_with_the_marks_given() -> None:
    cell, found = _one([FOUR] * 3, [FOUR] * 8, DEFAULT)
    assert with_marks(cell.now, found, [], DEFAULT) == found
    better = with_marks(cell.now, found, [5, 5, 5], DEFAULT)
    worse = with_marks(cell.now, found, [2, 2, 2], DEFAULT)
    assert worse.mean < found.mean < better.mean
    needed = fives_needed(cell, found, DEFAULT, 5)
    assert needed is not None
    assert sum(with_marks(cell.now, found, [5] * needed, DEFAULT).chances[3:]) > 0.5


def test_the_teacher_reads_why_and_the_family_what_would_change_it() -> None:
    cell, found = _one([FOUR, FIVE, FOUR], [FOUR] * 8, DEFAULT)
    why = reason(cell, found)
    assert why.startswith("Сейчас 4,33 по 3 отметкам. Обычный уровень 3,93 (прошлая")
    assert "«4» —" in why
    said = " ".join(for_family(cell, found, DEFAULT))
    assert "Если следующие три отметки — пятёрки, выйдет" in said
    assert "%" not in said
    cell, found = _one([TWO, TWO, TWO], [TWO] * 8, DEFAULT)
    assert likely(found)[0] == "2"
    assert "%" not in " ".join(for_family(cell, found, DEFAULT))


def test_of_too_few_marks_nothing_is_said() -> None:
    cell, found = _one([FIVE], [], DEFAULT)
    assert reason(cell, found) == FEW
    assert for_family(cell, found, DEFAULT) == [FEW]


def test_an_alert_is_two_looks_in_a_row_by_two_marks_each() -> None:
    _, found = _one([FOUR] * 3, [], DEFAULT)
    three, four, two = (
        found._replace(chances=chances)
        for chances in ((0.1, 0.4, 0.3, 0.2), (0.1, 0.35, 0.5, 0.05), (0.5, 0.5, 0.0, 0.0))
    )
    little, enough = (Cell("p", tallied([FOUR] * many)) for many in (1, 2))
    assert alerted((enough, three), (enough, three), "4")
    assert not alerted((enough, three), None, "4")
    assert not alerted((enough, three), (enough, four), "4")
    assert not alerted((enough, four), (enough, three), "4")
    assert not alerted((enough, three), (little, three), "4")
    assert not alerted((little, three), (enough, three), "4")
    assert not alerted((enough, three), (enough, three), "3")
    assert not alerted((enough, three), (enough, three), "")
    assert alerted((enough, four), (enough, four), "5")
    for last in ("", "2", "3", "н/а"):
        assert alerted((enough, two), (enough, two), last)


def test_quality_of_a_class_is_between_its_ends(year: list[Line], learned: Parameters) -> None:
    sample = next(one for one in Gradebook(year).samples("3", "2") if one.part == 2)
    ones = forecast_class(sample.groups, 0.5, learned)[0]
    seen = outlook(
        [(one, cell.now.weight) for one, cell in zip(ones, sample.groups[0].cells, strict=True)],
        learned,
    )
    assert seen.pupils == len(ones)
    assert 0 <= seen.low < seen.quality < seen.high <= 100
    assert seen.quality <= seen.passed


def test_scores_are_those_of_the_books(learned: Parameters, year: list[Line]) -> None:
    assert rps((0, 0, 1, 0), "4") == 0
    assert rps((0, 0, 1, 0), "2") == 2
    assert rps((0.25, 0.25, 0.25, 0.25), "5") == pytest.approx(0.0625 + 0.25 + 0.5625)
    samples = Gradebook(year).samples("3", "2")
    ones = judged(samples, learned)
    assert {one.part for one in ones} == set(range(len(GRID)))
    assert sum(errors_of_naive(ones).values()) == sum(
        bool(one.now) and one.mark != "н/а" for one in ones
    )
