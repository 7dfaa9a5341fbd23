"""Tables out of public gradebooks, as a school would have sent them."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

from api.imports.plan import stable_id
from domain.calendar import Bell, Calendar
from domain.office.facts import WorkType, YearOpened
from domain.refusals import NotFound
from domain.regulation import Regulation

_GRADE = 11  # there is no grade for adults; the eldest stands for them
_SYLLABLES = ("ба", "ве", "ги", "до", "жу", "за", "ке", "ли", "мо", "ну")


class Sheet(NamedTuple):
    """One table of a data set, as a school would send it: UTF-8 CSV with a semicolon."""

    kind: Literal["classes", "staff", "marks"]
    year: int
    title: str
    data: bytes


class DataSet(NamedTuple):
    """School years to open and tables to import, in order. `rows` of the source that are marks."""

    years: tuple[YearOpened, ...]
    sheets: tuple[Sheet, ...]
    rows: int


class Result(NamedTuple):
    """One result of one person: `day` and `number` place the lesson."""

    person: str
    day: date
    number: int
    value: str
    work_type: str
    weight: str
    topic: str
    comment: str = ""


def spelled(number: str) -> str:
    """A number as a name: «11391» → «Веведонуве». Different numbers have different names."""
    return "".join(_SYLLABLES[int(digit)] for digit in number).capitalize()


def mark_of(percent: Decimal, five: int, four: int, three: int) -> str:
    """A percentage on the 5-point scale; each threshold is the lowest percent of its mark."""
    return "5" if percent >= five else "4" if percent >= four else "3" if percent >= three else "2"


def rows_of(path: Path, encoding: str = "utf-8") -> Iterator[dict[str, str]]:
    if not path.is_file():
        raise NotFound("import.no_data", f"Нет файла {path.name} в каталоге {path.parent}.")
    with path.open(encoding=encoding, newline="") as file:
        yield from csv.DictReader(file)


def class_lists(
    year: int, classes: Mapping[str, Sequence[str]], subject_of: Callable[[str], str]
) -> list[Sheet]:
    """Class lists, then one teacher per subject."""
    rows = [
        (f"{_GRADE} {letter}", spelled(person), "Учащийся")
        for letter, people in classes.items()
        for person in people
    ]
    subjects: dict[str, list[str]] = defaultdict(list)
    for letter in classes:
        subjects[subject_of(letter)].append(f"{_GRADE} {letter}")
    staff = [
        ("Преподаватель", spelled(str(number)), "Учитель", subject, ", ".join(taught))
        for number, (subject, taught) in enumerate(sorted(subjects.items()), start=100)
    ]
    return [
        Sheet("classes", year, f"Списки {year}", _csv(("Класс", "Фамилия", "Имя"), rows)),
        Sheet(
            "staff",
            year,
            f"Учителя {year}",
            _csv(("Фамилия", "Имя", "Должность", "Предмет", "Классы"), staff),
        ),
    ]


def marks_sheet(year: int, letter: str, subject: str, results: Iterable[Result]) -> Sheet:
    header = "Класс;Предмет;Фамилия;Имя;Дата урока;№ урока;Отметка;Вид работы;Вес"
    titles = (*header.split(";"), "Тема урока", "Комментарий")
    rows = (
        (
            f"{_GRADE} {letter}",
            subject,
            spelled(one.person),
            "Учащийся",
            one.day.isoformat(),
            one.number,
            one.value,
            one.work_type,
            one.weight.replace(".", ","),
            one.topic,
            one.comment,
        )
        for one in results
    )
    return Sheet("marks", year, letter, _csv(titles, rows))


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def school_day(calendar: Calendar, day: date) -> date:
    """The day, or the next school day."""
    while not calendar.is_school_day(day):
        day += timedelta(days=1)
    return day


def year_opened(calendar: Calendar, works: Iterable[str], school_id: str, zone: str) -> YearOpened:
    """The year of a data set. The same ids every time, so that opening it again is a repeat."""
    return YearOpened(
        school_id,
        zone,
        calendar,
        tuple(Bell(n, f"{7 + n:02}:30", f"{8 + n:02}:15") for n in range(1, 13)),
        Regulation(),
        work_types=tuple(
            WorkType(stable_id(school_id, f"work type {name}"), name, name[:2], "1.00")
            for name in works
        ),
    )
