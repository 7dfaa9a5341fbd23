"""What is told beside the marks: a word on a pupil in a subject, defended projects and research."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from api.demo.course import ClassYear
from api.demo.flaws import Flaws
from api.demo.papers import record
from api.demo.population import Child
from api.demo.recipe import SCHOOL_NAME, Recipe
from api.demo.steps import Step, on
from domain.calendar import Term
from domain.journal.outcome_facts import DEFENCE_LABELS, DefenceKind
from domain.regulation import Regulation

COMMAND = "record_defence"
_AFTERNOON = 16 * 60
_A_WEEK = timedelta(days=7)
_WORDS = (
    "Читает вслух увереннее, чем в начале года, пересказ пока короткий.",
    "Рассуждает самостоятельно, охотно помогает одноклассникам.",
    "Ведёт тетрадь аккуратно, но устные ответы даются трудно.",
    "Быстро схватывает новое, торопится при проверке.",
    "Нужны короткие ежедневные повторения дома.",
)
_ANEW = "За месяц заметно прибавил в самостоятельности."
_TITLES = (
    "Родники нашей деревни",
    "Почему скрипит снег",
    "Герои моей семьи",
    "Математика в узорах вышивки",
    "Птицы у школьной кормушки",
    "Слова, которые ушли",
    "Сколько воды теряет кран",
    "Электричество из лимона",
    "История одной улицы",
    "Правильный завтрак школьника",
)
_RESULTS, _SHARES = ("5", "4", "3"), (55, 38, 7)
#: Of a term a class gets so many words; of this year so many pupils have defended early.
_A_TERM, _EARLY = 3, 2
_RESEARCH = 0.3


class Attainments:
    """Of one class in one year."""

    def __init__(
        self, recipe: Recipe, course: ClassYear, flaws: Flaws, subject_ids: Mapping[str, str]
    ) -> None:
        self._recipe = recipe
        self._course = course
        self._flaws = flaws
        self._subject_ids = subject_ids
        self._chance = recipe.chance("attainments", course.class_id)

    def words(self) -> Iterator[Step]:
        """Clause 4.1.г: in the middle of each term some teachers write about pupils."""
        class_id = self._course.class_id
        rows = [row for row in self._course.load.given if row.group is None]
        for term in self._course.calendar.terms:
            day = term.starts + (term.ends - term.starts) / 2
            if term.number not in self._course.terms or day >= self._recipe.today - _A_WEEK:
                continue
            for number in range(_A_TERM):
                row = self._chance.pick(rows)
                child = self._chance.pick(self._course.on(day)).child
                if self._flaws.long_ill.get((class_id, term.number)) == child.id:
                    continue
                what = (class_id, self._chance.id(), child.id, self._subject_ids[row.subject.key])
                words = self._chance.pick(_WORDS)
                at = on(day + timedelta(days=number), _AFTERNOON)
                yield Step(at, row.teacher.id, "comment_pupil", (*what, words))
                if not number:
                    later = on(day + timedelta(days=6), _AFTERNOON)
                    yield Step(later, row.teacher.id, "comment_pupil", (*what, _ANEW))

    def defences(self) -> Iterator[Step]:
        """Clause 4.2.а: a week before the end of the year everybody of these grades but one, who is
        listed; in the year of today two of each class have defended already.
        """
        if self._course.school_class.grade_level not in Regulation().project_levels:
            return
        day = self._last_but_one_week(self._course.calendar.terms[-1])
        if self._course.calendar.terms[-1].number in self._course.terms and (
            day < self._recipe.today
        ):
            children = [member.child for member in self._course.on(day)]
            missing = children.pop(len(children) // 3)
            self._flaws.note("missing_defence", class_id=self._course.class_id, pupil_id=missing.id)
            yield from (self._defence(child, day) for child in children)
            return
        early = self._recipe.today - timedelta(days=5)
        if self._course.calendar.year == self._recipe.stages()[-1].year and (
            self._course.calendar.term_of(early) is not None
        ):
            members = self._course.on(early)
            for member in members[-_EARLY:]:
                yield self._defence(member.child, early)

    def _defence(self, child: Child, day: date) -> Step:
        chance = self._chance
        research = chance.happens(_RESEARCH)
        kind = DefenceKind.RESEARCH if research else DefenceKind.PROJECT
        title, value = chance.pick(_TITLES), chance.weighted(_RESULTS, _SHARES)
        name = self._course.school_class
        lines = [
            SCHOOL_NAME,
            f"Класс: {name.grade_level}{name.letter}. Ученик: {child.human.name.full}.",
            f"Тема: «{title}» ({DEFENCE_LABELS[kind]}).",
            f"Результат защиты: {value}.",
            f"Председатель комиссии: {self._course.load.homeroom.human.name.full}.",
        ]
        paper = record(f"Протокол защиты от {day:%d.%m.%Y}", lines)
        what = (self._course.class_id, chance.id(), child.id, kind, title, value, day, paper)
        return Step(on(day, _AFTERNOON), self._course.load.homeroom.id, COMMAND, what)

    def _last_but_one_week(self, term: Term) -> date:
        days = sorted(self._course.calendar.school_days(term), reverse=True)
        return next(one for one in days if one <= term.ends - _A_WEEK)
