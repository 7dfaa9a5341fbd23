"""Small frozen vocabularies of a Russian school: marks, attendance, lessons, reasons, roles.

Values are the strings that facts keep for ever; the Russian labels are for people.
"""

from __future__ import annotations

import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Literal

import msgspec

from domain.refusals import Invalid

NUMERIC_MARKS = ("5", "4", "3", "2", "1")
WORD_MARKS = ("н/а", "осв", "зач", "незач")
MARKS = NUMERIC_MARKS + WORD_MARKS

#: The longest topic, title or class-wide homework a fact may carry, in characters.
CLASS_TEXT_LIMIT = 1_000
ORDER_LIMIT = 50
MAX_WEIGHT = Decimal(10)
MAX_MINUTES_LATE = 45  # a longer delay is an absence


class Role(StrEnum):
    """Who acts. `operator` is the command line of the server, never a person at a desk."""

    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    CLASS_TEACHER = "class_teacher"
    DEPUTY = "deputy"
    DIRECTOR = "director"
    OPERATOR = "operator"
    PARENT = "parent"
    PUPIL = "pupil"
    SECRETARY = "secretary"
    TEACHER = "teacher"


class Origin(StrEnum):
    """Where a fact came from; imported facts are left out of compliance."""

    PERSON = "person"
    IMPORT = "import"
    JOB = "job"
    DEMO = "demo"


class AttendanceCode(StrEnum):
    """Codes of school-journal.md §5.2. LATE is presence; only the exceptions are recorded."""

    PRESENT = "PRESENT"
    ABSENT_UNSPECIFIED = "ABSENT_UNSPECIFIED"
    EXCUSED = "EXCUSED"
    ILL = "ILL"
    UNEXCUSED = "UNEXCUSED"
    LATE = "LATE"
    EXEMPT_LESSON = "EXEMPT_LESSON"


#: code → (sign in the grid, words for a person)
ATTENDANCE_LABELS: dict[AttendanceCode, tuple[str, str]] = {
    AttendanceCode.PRESENT: ("", "присутствовал"),
    AttendanceCode.ABSENT_UNSPECIFIED: ("н", "отсутствовал, причина не указана"),
    AttendanceCode.EXCUSED: ("у", "отсутствовал по уважительной причине"),
    AttendanceCode.ILL: ("б", "отсутствовал по болезни"),
    AttendanceCode.UNEXCUSED: ("нп", "отсутствовал без уважительной причины"),
    AttendanceCode.LATE: ("о", "опоздал"),
    AttendanceCode.EXEMPT_LESSON: ("осв", "освобождён от урока"),
}
ABSENCES = frozenset(
    {
        AttendanceCode.ABSENT_UNSPECIFIED,
        AttendanceCode.EXCUSED,
        AttendanceCode.ILL,
        AttendanceCode.UNEXCUSED,
    }
)


class LessonKind(StrEnum):
    """What the lesson was. Kinds of `TITLED` need a title of their own (clause 3.1.3)."""

    LESSON = "LESSON"
    PRACTICAL = "PRACTICAL"
    LABORATORY = "LABORATORY"
    CONTROL = "CONTROL"
    EXCURSION = "EXCURSION"
    PROJECT = "PROJECT"
    OTHER = "OTHER"


LESSON_KIND_LABELS: dict[LessonKind, str] = {
    LessonKind.LESSON: "урок",
    LessonKind.PRACTICAL: "практическая работа",
    LessonKind.LABORATORY: "лабораторная работа",
    LessonKind.CONTROL: "контрольная работа",
    LessonKind.EXCURSION: "экскурсия",
    LessonKind.PROJECT: "проект",
    LessonKind.OTHER: "другое",
}
TITLED = frozenset(
    {LessonKind.PRACTICAL, LessonKind.LABORATORY, LessonKind.CONTROL, LessonKind.EXCURSION}
)


class ReasonCode(StrEnum):
    """Why a recorded thing is corrected."""

    TYPO = "TYPO"
    WRONG_PUPIL = "WRONG_PUPIL"
    REWORK = "REWORK"
    APPEAL = "APPEAL"
    RECOUNT = "RECOUNT"
    NOT_MINE = "NOT_MINE"  # made by somebody else under the teacher's name (clause 3.3.6)
    OTHER = "OTHER"


REASON_LABELS: dict[ReasonCode, str] = {
    ReasonCode.TYPO: "опечатка",
    ReasonCode.WRONG_PUPIL: "не тому ученику",
    ReasonCode.REWORK: "пересдача",
    ReasonCode.APPEAL: "апелляция",
    ReasonCode.RECOUNT: "пересчёт",
    ReasonCode.NOT_MINE: "запись сделана не учителем",
    ReasonCode.OTHER: "другое",
}


class Tier(StrEnum):
    """How far from the lesson a correction is made (school-journal.md §4)."""

    T0 = "T0"  # the author, on the day
    T1 = "T1"  # inside the edit window
    T1_LATE = (
        "T1-late"  # the teacher's own after it, where the regulation flags and does not refuse
    )
    T2 = "T2"  # after it: asked for by the teacher, approved by another person
    T3 = "T3"  # after the term mark or the closing of the term: by an order or an act


class CouncilDecision(StrEnum):
    """What the teachers' council decides of a pupil at the end of a year."""

    PROMOTED = "PROMOTED"
    RETAINED = "RETAINED"
    CONDITIONALLY_PROMOTED = "CONDITIONALLY_PROMOTED"
    COMPLETED = "COMPLETED"
    ADMITTED = "ADMITTED"
    NOT_ADMITTED = "NOT_ADMITTED"


#: what a decision is about; a pupil has one of each
Matter = Literal["promotion", "admission"]
#: grades whose year ends with the state examination
EXAM_LEVELS = (9, 11)
#: decisions that are taken in those grades alone
AT_THE_EXAM = frozenset(
    {CouncilDecision.COMPLETED, CouncilDecision.ADMITTED, CouncilDecision.NOT_ADMITTED}
)


def matter_of(decision: CouncilDecision) -> Matter:
    """Admission to the state examination, or promotion."""
    admission = decision in (CouncilDecision.ADMITTED, CouncilDecision.NOT_ADMITTED)
    return "admission" if admission else "promotion"


COUNCIL_LABELS: dict[CouncilDecision, str] = {
    CouncilDecision.PROMOTED: "переведён в следующий класс",
    CouncilDecision.RETAINED: "оставлен на повторное обучение",
    CouncilDecision.CONDITIONALLY_PROMOTED: "переведён условно",
    CouncilDecision.COMPLETED: "завершил обучение, выдать аттестат",
    CouncilDecision.ADMITTED: "допущен к ГИА",
    CouncilDecision.NOT_ADMITTED: "не допущен к ГИА",
}


class PayloadRef(msgspec.Struct, frozen=True):
    """A pointer to an erasable text: the vault row and base64url SHA-256 of salt ‖ UTF-8 text."""

    id: str
    hash: str


def class_text(text: str, *, what: str, wordless: bool = False) -> str:
    """Trim a text of the whole class (topic, title, homework) and check that it is in Russian.

    Clause 3.1.3: entries are kept in Russian; foreign words inside are fine. `wordless`: a text
    without any letters is fine as well («§ 1, № 5»). Raises Invalid.
    """
    text = printable(" ".join(text.split()))
    if not text:
        raise Invalid("text.empty", f"{what}: заполните поле.")
    if len(text) > CLASS_TEXT_LIMIT:
        raise Invalid("text.too_long", f"{what}: не длиннее {CLASS_TEXT_LIMIT} знаков.")
    russian = any("а" <= letter <= "я" or letter == "ё" for letter in text.lower())
    if not russian and not (wordless and not any(map(str.isalpha, text))):
        raise Invalid(
            "text.not_russian",
            f"{what}: запись ведётся на русском языке (п. 3.1.3 Положения). "
            "Иностранные слова можно оставить, добавьте русский текст.",
        )
    return text


def order_number(text: str) -> str:
    """The number of an order, an act or minutes as people write it: «15-у». Raises Invalid."""
    text = printable(" ".join(text.split()))
    if not text:
        raise Invalid("order.empty", "Номер приказа или акта: заполните поле.")
    if len(text) > ORDER_LIMIT:
        raise Invalid("order.too_long", f"Номер приказа или акта: не длиннее {ORDER_LIMIT} знаков.")
    return text


def printable(text: str) -> str:
    """The text, if people can see it and the database can hold it. Raises Invalid."""
    for letter in text:
        if letter not in "\n\r\t" and unicodedata.category(letter) in ("Cc", "Cs"):
            raise Invalid("text.unprintable", "В тексте есть знак, который нельзя сохранить.")
    return text


def mark_value(value: str) -> str:
    """Check a mark against the scale 5 4 3 2 1, н/а, осв, зач, незач. Raises Invalid."""
    if value not in MARKS:
        raise Invalid(
            "mark.unknown_value",
            f"Отметка «{value}» не из шкалы: 5 4 3 2 1, н/а, осв, зач, незач.",
        )
    return value


def weight(value: str | Decimal) -> str:
    """A weight as the decimal string that facts keep: two places, half up. Raises Invalid."""
    try:
        number = Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)
    except InvalidOperation:
        raise Invalid("mark.weight", f"Вес «{value}» не число.") from None
    if not (number.is_finite() and 0 < number <= MAX_WEIGHT):
        raise Invalid("mark.weight", f"Вес должен быть больше 0 и не больше {MAX_WEIGHT}.")
    return str(number)


def comma(decimal: str) -> str:
    """A decimal string as Russians write it: «4,42»."""
    return decimal.replace(".", ",")


def average(value: str) -> str:
    """A mean of marks as facts keep it: two places, half up, or empty. Raises Invalid."""
    if not value:
        return ""
    try:
        number = Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)
    except InvalidOperation:
        raise Invalid("mark.average", f"Средний балл «{value}» не число.") from None
    if not (number.is_finite() and 1 <= number <= len(NUMERIC_MARKS)):
        raise Invalid("mark.average", f"Средний балл бывает от 1 до {len(NUMERIC_MARKS)}.")
    return str(number)
