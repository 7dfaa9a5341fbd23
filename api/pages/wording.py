"""Russian words for dates, numbers and people, as a school writes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from api import russian
from api.months import MONTHS_OF

comma, plural = russian.comma, russian.plural

WEEKDAYS = (
    "понедельник",
    "вторник",
    "среда",
    "четверг",
    "пятница",
    "суббота",
    "воскресенье",
)
SHORT_WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
MONTHS = (
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
)
MOSCOW = timedelta(hours=3)
ROMAN = ("", "I", "II", "III", "IV")


def as_date(value: date | str) -> date:
    """A day as the API writes it (ISO 8601) or already a date."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


def day(value: date | str | None) -> str:
    """«12.11.2026»; empty for None."""
    return f"{as_date(value):%d.%m.%Y}" if value else ""


def day_in_words(value: date | str) -> str:
    """«12 ноября»."""
    when = as_date(value)
    return f"{when.day} {MONTHS_OF[when.month - 1]}"


def local(value: datetime | str, zone: str) -> datetime:
    """A moment with an offset, in the school's zone."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return when.astimezone(ZoneInfo(zone))


def moment(value: datetime | str, zone: str) -> str:
    """«12.11.2026 14:03» on the school's clock."""
    return f"{local(value, zone):%d.%m.%Y %H:%M}"


def moment_to_the_second(value: datetime | str, zone: str) -> str:
    """«12 ноября 2026, 14:03:07» on the school's clock."""
    when = local(value, zone)
    return f"{day_in_words(when.date())} {when:%Y, %H:%M:%S}"


def as_of(value: dict[str, Any], zone: str) -> str:
    """The moment of an `as_of` object, for «данные на …»; empty before the first fact."""
    return moment(value["moment"], zone) if value["moment"] else ""


def week_in_words(monday: date) -> str:
    """«16–21 ноября», «30 ноября – 5 декабря»: Monday to Saturday."""
    saturday = monday + timedelta(days=5)
    if monday.month == saturday.month:
        return f"{monday.day}–{day_in_words(saturday)}"
    return f"{day_in_words(monday)} – {day_in_words(saturday)}"


def monday_of(when: date) -> date:
    """The Monday of the week."""
    return when - timedelta(days=when.weekday())


def weight(value: Any) -> str:
    """A weight without needless zeros: «3», «1,5»."""
    text = comma(value)
    return text.rstrip("0").rstrip(",") if "," in text else text


def grouped(number: int) -> str:
    """«12 345», with spaces that do not break."""
    return f"{number:,}".replace(",", "\u00a0")


def clock_of(zone: str, now: datetime) -> str:
    """«московское», «московское +2 ч»: the clock of a school, as the country says it."""
    ahead = now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    minutes = (ahead - MOSCOW) // timedelta(minutes=1)
    if not minutes:
        return "московское"
    hours, rest = divmod(abs(minutes), 60)
    more = f" {rest} мин" if rest else ""
    return f"московское {'+' if minutes > 0 else '−'}{hours} ч{more}"


def name_of(value: Any) -> str:
    """A name, wherever the API puts it: text, or an object with a `name`."""
    if isinstance(value, dict):
        return str(value.get("name") or "")
    return str(value or "")


def work(kind: str | None, title: str | None) -> str:
    """«Контрольная работа № 3»: the kind, and the title that may begin with it."""
    kind, title = kind or "", title or ""
    return title if title.startswith(kind) and title else f"{kind} {title}".strip()


def short_name(full: str) -> str:
    """«Иванова Анна Петровна» → «Иванова А. П.»; «данные удалены» is no name and stays."""
    if not full[:1].isupper():
        return full
    family, *given = full.split()
    initials = [name if name.endswith(".") else f"{name[0]}." for name in given]
    return " ".join([family, *initials])


def called(full: str) -> str:
    """«Баранов Павел Максимович» → «Баранов Павел», as a class list calls pupils."""
    return " ".join(full.split()[:2]) if full[:1].isupper() else full


def room(text: str | None) -> str:
    """«каб. 21», but «спортзал»."""
    return f"каб. {text}" if text and text[0].isdigit() else text or ""


def initials(full: str) -> str:
    """Two letters for the round picture: «ИА»."""
    return "".join(word[0] for word in full.split()[:2]).upper()
