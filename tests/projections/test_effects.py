"""What another regulation would do: counted from what was recorded and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from domain.regulation import PRESETS, Regulation
from domain.values import AttendanceCode
from projections.effects import effects
from projections.figures import context_of
from tests.conftest import admin, clone, url_of
from tests.ground import YEAR
from tests.projections.life import MORNING, Life, life

SEED = Regulation()
#: Thursday, ten days after the lesson that is written about. Those before it were planned on its
#: day, so that their time counts from there; they and Wednesday's are missing by now.
NOW = MORNING + timedelta(days=10)


@pytest.fixture(scope="module")
def at(server: str, template: str) -> Iterator[Life]:
    """The lesson of Monday: topic at once, homework in the evening, attendance three days later."""
    name = f"effects_{uuid4().hex}"
    clone(server, name, template)
    with life(url_of(server, name)) as one:
        today = one.lessons[6]  # three lessons a week, the first one on Monday the ninth
        one.must(one.topic(today))
        one.clock.go(hours=9)  # 18:00 in Moscow, the only lesson ended at 9:15
        due = MORNING.date() + timedelta(days=2)
        one.must(one.homework(today, "effects", "№ 5", due))
        one.clock.go(days=3)
        one.must(one.attendance(today, p2=AttendanceCode.ABSENT_UNSPECIFIED))
        one.must(one.mark(today, one.pupils[0], "5", "one"))
        one.must(one.mark(today, one.pupils[1], "4", "other"))
        one.fold_all()
        yield one
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def counted(at: Life, new: Regulation, now: datetime = NOW) -> dict[str, int]:
    """effect → how many."""
    context = at.read(context_of, YEAR, now)
    found = at.read(effects, context, new)
    assert all(one.count <= one.total for one in found)
    return {one.name: one.count for one in found}


def other(**fields: Any) -> Regulation:
    return msgspec.structs.replace(SEED, version="другая", **fields)


def test_what_is_not_touched_is_not_counted(at: Life) -> None:
    assert counted(at, SEED) == {}
    assert counted(at, other(remark_days=3, small_class=6)) == {}


def test_records_that_would_be_late(at: Life) -> None:
    assert counted(at, other(fill_days=2)) == {"fill_late": 2, "fill_missing": 2}
    assert counted(at, other(fill_days=3)) == {"fill_missing": 1}  # of the lesson of Friday


def test_homework_of_the_evening_under_the_three_presets(at: Life) -> None:
    assert counted(at, PRESETS["seed"]) == {}
    assert counted(at, PRESETS["fop704"]) == {"day_late": 1}
    assert counted(at, PRESETS["ap147"])["day_late"] == 1


def test_what_is_missing_today_and_would_not_be_asked_for(at: Life) -> None:
    found = counted(at, other(no_homework_levels=(7,)))
    assert set(found) == {"day_on_time"}
    assert found["day_on_time"] > 0


def test_what_would_be_in_time_after_all(at: Life) -> None:
    assert counted(at, other(fill_days=30)) == {"fill_on_time": 8}


def test_marks_that_leave_the_window(at: Life) -> None:
    assert counted(at, other(edit_window_days=9)) == {"marks_settled": 2}
    assert counted(at, other(edit_window_days=10)) == {"marks_settled": 0}


def test_what_would_be_flagged_instead_of_refused(at: Life) -> None:
    assert counted(at, other(late_corrections=True)) == {"marks_flagged": 0}
    after = NOW + timedelta(days=5)  # fifteen days after the lesson
    assert counted(at, other(late_corrections=True), after) == {"marks_flagged": 2}
    assert counted(at, other(unexplained_weeks=True), after) == {"weeks_flagged": 1}


def test_suggested_marks(at: Life) -> None:
    assert counted(at, other(min_marks=1)) == {"term_marks_otherwise": 2}
    assert counted(at, other(min_marks=2)) == {"term_marks_otherwise": 0}  # «н/а» as it is
