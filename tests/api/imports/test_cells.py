"""What a cell means, whoever wrote it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports import cells

SCHOOL_DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@given(SCHOOL_DAYS)
def test_every_spelling_of_a_day_is_that_day(day: date) -> None:
    month = {1: "января", 2: "февраля", 3: "марта", 4: "апреля", 5: "мая", 6: "июня"}
    month |= {7: "июля", 8: "августа", 9: "сентября", 10: "октября", 11: "ноября", 12: "декабря"}
    serial = (day - date(1899, 12, 30)).days
    for spelling in (
        day,
        datetime(day.year, day.month, day.day, 13, 5),  # noqa: DTZ001 - Excel knows no zones
        f"{day:%d.%m.%Y}",
        f" {day.day}.{day.month}.{day.year}\u00a0г. ",
        day.isoformat(),
        f"{day.isoformat()} 00:00:00",
        f"{day:%d.%m.%Y} 0:00:00",
        f"{day.day} {month[day.month]} {day.year} года",
        serial,
        float(serial),
        str(serial),
    ):
        assert cells.day(spelling) == day


def test_two_digits_of_a_year_are_of_this_century() -> None:
    assert cells.day("02.09.25") == date(2025, 9, 2)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("31.02.2025", "дата «31.02.2025» не существует"),
        ("09/02/25", "дата «09/02/25» неоднозначна: напишите ДД.ММ.ГГГГ"),
        ("вчера", "дата «вчера» не читается: напишите ДД.ММ.ГГГГ, например 01.09.2025"),
        ("7", "дата «7» не читается: напишите ДД.ММ.ГГГГ, например 01.09.2025"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_a_reason(cell: str, reason: str) -> None:
    with pytest.raises(ValueError, match="дата") as refused:
        cells.day(cell)
    assert str(refused.value) == reason


@given(st.decimals(-999, 999, places=2), st.booleans())
def test_a_number_is_read_with_a_comma_as_with_a_point(number: Decimal, comma: bool) -> None:  # noqa: FBT001
    written = str(number).replace(".", ",") if comma else str(number)
    assert cells.decimal(f" {written}\u00a0") == number


@pytest.mark.parametrize("cell", ["", "полтора", "1,5,5", "1e5", "½", "NaN"])
def test_what_is_not_a_number_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="не число"):
        cells.decimal(cell)


@pytest.mark.parametrize(
    ("cell", "number"), [("3", 3), (3.0, 3), ("3 урок", 3), ("2-й урок", 2), ("0", 0), ("4.", 4)]
)
def test_a_lesson_number_is_read_as_people_write_it(cell: cells.Cell, number: int) -> None:
    assert cells.whole(cell) == number


@pytest.mark.parametrize("cell", ["", "третий", "3,5", 3.5, "-1", True])
def test_what_is_not_a_lesson_number_is_refused(cell: cells.Cell) -> None:
    with pytest.raises(ValueError, match="не целое число"):
        cells.whole(cell)


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        (5.0, "5"),
        (" 4 ", "4"),
        ("Н\\А", "н/а"),
        ("н/a", "н/а"),  # the last letter is Latin
        ("осв.", "осв"),
        ("Зачёт", "зач"),
        ("незачет", "незач"),
        ("5-", "5-"),  # left as written, for the domain to refuse
        ("4 5", "4 5"),
    ],
)
def test_a_mark_is_brought_to_the_journals_spelling(cell: cells.Cell, mark: str) -> None:
    assert cells.mark(cell) == mark


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Анна\u00a0\u200b Мария\n\tИвановна ", "Анна Мария Ивановна"),
        ("Андреи\u0306", "Андрей"),  # a letter and its breve apart, as macOS writes
        (7.0, "7"),
        (7.25, "7.25"),
        (True, "да"),
        (date(2025, 9, 1), "01.09.2025"),
        (timedelta(hours=1), "1:00:00"),
    ],
)
def test_text_is_one_clean_line(cell: cells.Cell, text: str) -> None:
    assert cells.text(cell) == text


@given(st.text(max_size=40))
def test_cleaning_twice_changes_nothing_more(words: str) -> None:
    once = cells.text(words)
    assert cells.text(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ёлкина  Алёна", "елкина алена"),
        ("Петрова–Водкина", "Петрова-Водкина"),
        ("Cидоров", "Сидоров"),  # the first С is Latin
        ("О’Нил", "О'Нил"),
    ],
)
def test_spellings_of_one_name_are_equal(one: str, other: str) -> None:
    assert cells.fold(one) == cells.fold(other)


def test_a_latin_word_stays_latin() -> None:
    assert cells.fold("Peace") == "peace"
