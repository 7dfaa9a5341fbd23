"""Subjects, hours a week by grade level, teachers' posts, kinds of work."""

from __future__ import annotations

import msgspec

from domain.values import LessonKind

FIRST_DIVIDED = 5  # foreign language and IT are taught in two subgroups from this grade level
LAST_PRIMARY = 4


class SubjectPlan(msgspec.Struct, frozen=True):
    """`hours` a week in grade levels 1–9; `level` is the mean of the latent scale (marks 2–5).

    `asked` is the share of pupils who get a mark in an ordinary lesson; `hands` is the kind of
    its practical works, if it has any.
    """

    key: str
    name: str
    post: str
    hours: tuple[int, ...]
    level: float
    asked: float
    hands: LessonKind | None = None
    tests: bool = True
    homework: float = 1.0


_LAB, _PRACTICAL = LessonKind.LABORATORY, LessonKind.PRACTICAL

SUBJECTS: tuple[SubjectPlan, ...] = (
    SubjectPlan("rus", "Русский язык", "rus", (5, 5, 5, 5, 5, 5, 4, 3, 3), 3.82, 0.5),
    SubjectPlan("read", "Литературное чтение", "rus", (4, 4, 4, 3, 0, 0, 0, 0, 0), 4.1, 0.5),
    SubjectPlan("lit", "Литература", "rus", (0, 0, 0, 0, 3, 3, 2, 2, 3), 4.05, 0.5, tests=False),
    SubjectPlan("eng", "Английский язык", "eng", (0, 2, 2, 2, 3, 3, 3, 3, 3), 3.95, 0.62),
    SubjectPlan("math", "Математика", "math", (4, 4, 4, 4, 5, 5, 0, 0, 0), 3.76, 0.5),
    SubjectPlan("alg", "Алгебра", "math", (0, 0, 0, 0, 0, 0, 3, 3, 3), 3.7, 0.55),
    SubjectPlan("geom", "Геометрия", "math", (0, 0, 0, 0, 0, 0, 2, 2, 2), 3.68, 0.6),
    SubjectPlan(
        "stat",
        "Вероятность и статистика",
        "math",
        (0, 0, 0, 0, 0, 0, 1, 1, 1),
        3.8,
        0.72,
        _PRACTICAL,
    ),
    SubjectPlan(
        "it", "Информатика", "it", (0, 0, 0, 0, 1, 1, 1, 1, 1), 4.15, 0.75, _PRACTICAL, homework=0.6
    ),
    SubjectPlan(
        "world",
        "Окружающий мир",
        "primary",
        (2, 2, 2, 2, 0, 0, 0, 0, 0),
        4.1,
        0.6,
        _PRACTICAL,
    ),
    SubjectPlan(
        "faith",
        "Основы религиозных культур и светской этики",
        "primary",
        (0, 0, 0, 1, 0, 0, 0, 0, 0),
        4.5,
        0.5,
        tests=False,
        homework=0.5,
    ),
    SubjectPlan("hist", "История", "hist", (0, 0, 0, 0, 2, 2, 2, 2, 2), 3.95, 0.58),
    SubjectPlan("soc", "Обществознание", "hist", (0, 0, 0, 0, 0, 1, 1, 1, 1), 4.0, 0.75),
    SubjectPlan("geo", "География", "geo", (0, 0, 0, 0, 1, 1, 2, 2, 2), 3.95, 0.62, _PRACTICAL),
    SubjectPlan("bio", "Биология", "bio", (0, 0, 0, 0, 1, 1, 1, 2, 2), 3.95, 0.66, _LAB),
    SubjectPlan("phys", "Физика", "phys", (0, 0, 0, 0, 0, 0, 2, 2, 3), 3.72, 0.58, _LAB),
    SubjectPlan("chem", "Химия", "chem", (0, 0, 0, 0, 0, 0, 0, 2, 2), 3.72, 0.6, _PRACTICAL),
    SubjectPlan(
        "art",
        "Изобразительное искусство",
        "art",
        (1, 1, 1, 1, 1, 1, 1, 0, 0),
        4.65,
        0.8,
        tests=False,
        homework=0.3,
    ),
    SubjectPlan(
        "mus",
        "Музыка",
        "mus",
        (1, 1, 1, 1, 1, 1, 1, 1, 0),
        4.65,
        0.75,
        tests=False,
        homework=0.25,
    ),
    SubjectPlan(
        "tech",
        "Труд (технология)",
        "tech",
        (1, 1, 1, 1, 2, 2, 2, 1, 1),
        4.55,
        0.7,
        _PRACTICAL,
        tests=False,
        homework=0.3,
    ),
    SubjectPlan(
        "pe",
        "Физическая культура",
        "pe",
        (3, 3, 3, 3, 3, 3, 3, 2, 2),
        4.6,
        0.4,
        tests=False,
        homework=0.0,
    ),
    SubjectPlan(
        "safe",
        "Основы безопасности и защиты Родины",
        "safe",
        (0, 0, 0, 0, 0, 0, 0, 1, 1),
        4.4,
        0.7,
        _PRACTICAL,
        homework=0.6,
    ),
)
BY_KEY = {subject.key: subject for subject in SUBJECTS}
#: Subjects in which marks are kind: ability and the day matter less.
KIND_LEVEL = 4.4

#: Subjects of a primary class that its own teacher does not teach.
_VISITING = {"eng": "eng", "pe": "pe", "mus": "mus"}
#: Of these the least busy primary teacher takes care.
PRIMARY_ARTS = ("art", "faith")
DIVIDED = {"eng": ("eng", "eng"), "it": ("it", "phys")}


def subjects_of(grade_level: int) -> list[SubjectPlan]:
    """Subjects with hours in this grade level."""
    return [subject for subject in SUBJECTS if subject.hours[grade_level - 1]]


def posts_of(subject: SubjectPlan, grade_level: int) -> tuple[str, ...]:
    """Posts of the teachers, one per subgroup (one: the class is not divided)."""
    if grade_level <= LAST_PRIMARY:
        if subject.key in PRIMARY_ARTS:
            return ("primary arts",)
        return (_VISITING.get(subject.key, "primary"),)
    return DIVIDED.get(subject.key, (subject.post,))


class Work(msgspec.Struct, frozen=True):
    """A kind of work: its weight and how much harder than an answer it is."""

    key: str
    name: str
    abbr: str
    weight: str
    offset: float


WORKS: tuple[Work, ...] = (
    Work("answer", "Ответ на уроке", "О", "1.00", 0.08),
    Work("home", "Домашняя работа", "Д", "1.00", 0.08),
    Work("own", "Самостоятельная работа", "С", "2.00", -0.05),
    Work("quiz", "Тестирование", "Т", "1.50", -0.05),
    Work("practical", "Практическая работа", "А", "2.00", 0.0),
    Work("laboratory", "Лабораторная работа", "Л", "2.00", 0.0),
    Work("dictation", "Диктант", "Н", "3.00", -0.25),
    Work("grammar", "Грамматическое задание", "Г", "2.00", -0.1),
    Work("control", "Контрольная работа", "К", "3.00", -0.25),
    Work("project", "Проект", "П", "2.00", 0.2),
)
WORK = {work.key: work for work in WORKS}
WORK_OF_KIND = {
    LessonKind.CONTROL: WORK["control"],
    LessonKind.PRACTICAL: WORK["practical"],
    LessonKind.LABORATORY: WORK["laboratory"],
}
