"""What was taught: topics by subject and grade level, works with titles, homework."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from api.demo.chance import Chance
from api.demo.curriculum import SubjectPlan
from domain.values import LessonKind

_SUFFIXES = {
    "math": ("Решение задач", "Закрепление", "Практикум", "Устный счёт и упражнения"),
    "language": ("Упражнения", "Закрепление", "Работа с текстом", "Развитие речи"),
    "reading": ("Чтение и анализ", "Герои и их поступки", "Выразительное чтение", "Беседа"),
    "hands": ("Продолжение работы", "Завершение работы", "Отработка", "Закрепление"),
    "other": ("Закрепление", "Работа с источниками", "Обобщение", "Углубление"),
}
_FAMILY = {
    "math": "math",
    "alg": "math",
    "geom": "math",
    "stat": "math",
    "phys": "math",
    "rus": "language",
    "eng": "language",
    "read": "reading",
    "lit": "reading",
    "art": "hands",
    "mus": "hands",
    "tech": "hands",
    "pe": "hands",
}
_HOMEWORK = {
    "rus": (
        "Упражнение {n}",
        "Упражнение {n}, правило на с. {p}",
        "Карточка № {k}",
        "Выучить словарные слова, упражнение {n}",
        "Упражнение {n}: списать, вставить буквы",
    ),
    "reading": (
        "Прочитать с. {p}–{q}",
        "Пересказ, с. {p}–{q}",
        "Выразительное чтение, с. {p}",
        "Ответить на вопросы {k} и {m}, с. {q}",
        "Выучить отрывок наизусть, с. {p}",
    ),
    "eng": (
        "Учебник, с. {p}, упр. {k}",
        "Выучить слова, с. {p}",
        "Рабочая тетрадь, с. {p}, упр. {k} и {m}",
        "Составить рассказ из {m} предложений по теме урока",
    ),
    "math": (
        "Номера {n}, {n2}",
        "§ {s}, задачи {n}, {n2}",
        "Повторить правило, № {n}",
        "№ {n} (а, в), {n2} (б)",
        "Карточка № {k}, задания 1–{m}",
    ),
    "hands": (
        "Принести материалы для работы",
        "Закончить работу, начатую на уроке",
        "Подобрать примеры по теме урока",
    ),
    "other": (
        "§ {s}, вопросы 1–{m}",
        "§ {s}, пересказ",
        "§ {s}, задание {k} в тетради",
        "§ {s}, выучить понятия",
        "Подготовить сообщение по теме «{topic}»",
    ),
}
_EXCURSIONS = {
    "world": "Экскурсия в природу",
    "bio": "Экскурсия «Живая природа рядом»",
    "geo": "Экскурсия по окрестностям школы",
    "hist": "Экскурсия в краеведческий музей",
    "lit": "Экскурсия в сельскую библиотеку",
}
#: With so many hours a week there is a second control work in the middle of a term.
_OFTEN = 3
#: Of a subject with practical or laboratory works, each such lesson is one.
_HANDS_EVERY = 4


class LessonText(msgspec.Struct, frozen=True):
    """What the teacher writes about a lesson. `homework` empty: nothing was set."""

    topic: str
    kind: LessonKind
    title: str
    homework: str


@cache
def topics() -> dict[str, tuple[str, ...]]:
    """«rus.5» → topics of the year."""
    found: dict[str, tuple[str, ...]] = {}
    text = (files("api.demo") / "topics.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            key, _, rest = line.partition(":")
            found[key] = tuple(part.strip() for part in rest.split(";"))
    return found


def syllabus(
    chance: Chance, subject: SubjectPlan, grade_level: int, terms: Sequence[int]
) -> list[LessonText]:
    """A year of lessons; `terms` names the term of each."""
    plan = topics()[f"{subject.key}.{grade_level}"]
    family = _FAMILY.get(subject.key, "other")
    number = len(terms)
    controls = _controls(subject, grade_level, terms)
    excursions = _excursions(chance, subject, terms)
    count = dict.fromkeys(LessonKind, 0)
    texts: list[LessonText] = []
    before = ""
    repeated = 0
    for i in range(number):
        topic = plan[i * len(plan) // number]
        repeated = repeated + 1 if topic == before else 0
        before = topic
        kind = LessonKind.LESSON
        if i in controls:
            kind = LessonKind.CONTROL
        elif i in excursions:
            kind = LessonKind.EXCURSION
        elif subject.hands is not None and i % _HANDS_EVERY == _HANDS_EVERY - 1:
            kind = subject.hands
        count[kind] += 1
        heading, title = _heading(subject, topic, kind, count[kind], family, repeated)
        homework = ""
        if kind is not LessonKind.CONTROL and chance.happens(subject.homework * 0.93):
            homework = _homework(chance, subject, family, topic, i)
        texts.append(LessonText(heading, kind, title, homework))
    return texts


def _heading(
    subject: SubjectPlan, topic: str, kind: LessonKind, count: int, family: str, repeated: int
) -> tuple[str, str]:
    """Topic and title of a lesson."""
    if kind is LessonKind.CONTROL:
        return (
            f"Контрольная работа по теме «{topic}»",
            f"Контрольная работа № {count} «{topic}»",
        )
    if kind is LessonKind.PRACTICAL:
        return topic, f"Практическая работа № {count} «{topic}»"
    if kind is LessonKind.LABORATORY:
        return topic, f"Лабораторная работа № {count} «{topic}»"
    if kind is LessonKind.EXCURSION:
        return topic, _EXCURSIONS[subject.key]
    if repeated:
        suffixes = _SUFFIXES[family]
        return f"{topic}. {suffixes[(repeated - 1) % len(suffixes)]}", ""
    return topic, ""


def _controls(subject: SubjectPlan, grade_level: int, terms: Sequence[int]) -> set[int]:
    """The last lesson but one of each term, and the middle of it in a subject with many hours."""
    found: set[int] = set()
    if not subject.tests or grade_level == 1:
        return found
    for term in set(terms):
        own = [i for i, one in enumerate(terms) if one == term]
        found.add(own[-2] if len(own) > 1 else own[-1])
        if subject.hours[grade_level - 1] >= _OFTEN:
            found.add(own[len(own) // 2])
    return found


def _excursions(chance: Chance, subject: SubjectPlan, terms: Sequence[int]) -> set[int]:
    """In the first and the last term, now and then."""
    found: set[int] = set()
    if subject.key in _EXCURSIONS:
        for term in {terms[0], terms[-1]}:
            own = [i for i, one in enumerate(terms) if one == term]
            if chance.happens(0.6):
                found.add(own[len(own) // 3])
    return found


def _homework(chance: Chance, subject: SubjectPlan, family: str, topic: str, i: int) -> str:
    templates = _HOMEWORK.get(subject.key) or _HOMEWORK.get(family) or _HOMEWORK["other"]
    if subject.key == "phys":
        templates = _HOMEWORK["other"]
    exercise = 12 + i * 4 + chance.between(0, 3)
    page = 6 + i + chance.between(0, 2)
    return chance.pick(templates).format(
        n=exercise,
        n2=exercise + chance.between(1, 4),
        p=page,
        q=page + chance.between(1, 4),
        k=chance.between(1, 6),
        m=chance.between(3, 7),
        s=1 + i // 2,
        topic=topic,
    )
