"""What the deputy checks in the demonstration school, whom she has taught; what families ask.

The last inspections have a remark in each state; one of them is overdue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from api.demo import names
from api.demo.chance import Chance
from api.demo.course import ClassYear
from api.demo.flaws import Flaws
from api.demo.recipe import Recipe, Stage
from api.demo.staffing import Staff
from api.demo.steps import TICK, Lesson, Step, on
from api.demo.year import school_calendar
from domain.journal.control import NewRemark
from domain.journal.control_facts import Checked, JournalInspected
from domain.office.ledger_facts import Channel, Outcome, TrainingHeld
from domain.office.ledgers import Application, NewRequest
from domain.regulation import Regulation
from domain.values import Role

_MORNING, _NOON, _EVENING = 10 * 60, 12 * 60, 17 * 60
_FEW = 3
_THURSDAY = 4
#: what becomes of a remark → what it is about, its words
_REMARKS = {
    "overdue": (Checked.TOPICS, "Тема урока записана слишком общо: нет связи с КТП."),
    "open": (Checked.HOMEWORK, "Объём домашнего задания не указан."),
    "answered": (Checked.ACCUMULATION, "Мало отметок у половины класса, опросите до конца месяца."),
    "returned": (Checked.OBJECTIVITY, "Отметки за контрольную не сходятся с анализом работы."),
    "accepted": (Checked.TOPICS, "Название практической работы не совпадает с КТП."),
}
#: … of which the teacher has not answered, or not for good
_UNANSWERED = ("overdue", "open", "returned")


class Control:
    """Steps of one school year; nothing is done about `today` or later."""

    def __init__(
        self,
        recipe: Recipe,
        staff: Staff,
        stage: Stage,
        courses: Sequence[ClassYear],
        flaws: Flaws,
    ) -> None:
        self._flaws = flaws
        self._staff, self._stage, self._courses = staff, stage, courses
        self._chance: Chance = recipe.chance("control", stage.year)
        self._applicants: Chance = recipe.chance("applicants", stage.year)
        self._deputy = staff.office[Role.DEPUTY].person_id
        self._secretary = staff.office[Role.SECRETARY].person_id
        self._administrator = staff.office[Role.ADMINISTRATOR].person_id
        self._last = recipe.today - timedelta(days=1)

    def year(self, *, current: bool) -> Iterator[Step]:
        """Inspections of every month; in the year of today all the rest."""
        inspected: dict[str, list[tuple[date, str]]] = {}
        for day in self._days():
            for course in self._courses:
                number = self._chance.id()
                inspected.setdefault(course.class_id, []).append((day, number))
                yield self._inspect(course, day, number)
        yield from self._trainings()
        if current:
            self._flaws.note("untrained", person_id=self._staff.teachers[-1].id)
            yield from self._remarks(inspected)
            yield from self._questions()
            yield from self._services()

    def _days(self) -> Iterator[date]:
        """The last Thursday at school of each month of the terms that are lived through."""
        calendar = school_calendar(self._stage.year)
        lived = [t for t in calendar.terms if t.number in self._stage.terms]
        days = {
            (day.year, day.month): day
            for term in lived
            for day in calendar.school_days(term)
            if day.isoweekday() == _THURSDAY and day <= self._last
        }
        return iter(sorted(days.values()))

    def _inspect(self, course: ClassYear, day: date, number: str) -> Step:
        """The whole journal since the first of the month. The demonstration has no tree while it is
        thought up, so that its inspections name no root.
        """
        seen = JournalInspected(number, day.replace(day=1), day, tuple(Checked), 0, "")
        what = (course.class_id, seen)
        return Step(on(day, _MORNING), self._deputy, "inspect_journal", what)

    def _remarks(self, inspected: dict[str, list[tuple[date, str]]]) -> Iterator[Step]:
        """A remark in each state, each about a lesson of another teacher."""
        overdue = timedelta(days=Regulation().remark_days + 2)
        used: set[str] = {self._deputy}
        for number, (state, (kind, words)) in enumerate(_REMARKS.items()):
            course = self._courses[number % len(self._courses)]
            for day, inspection in reversed(inspected.get(course.class_id, [])):
                lesson = self._lesson(course, day, used)
                if lesson is None or (state == "overdue" and self._last - day < overdue):
                    continue
                used.add(lesson.teacher_id)
                yield from self._remark(course, day, inspection, lesson, state, kind, words)
                break

    def _lesson(self, course: ClassYear, day: date, used: set[str]) -> Lesson | None:
        """A lesson of the month before that day, of a teacher without a remark yet."""
        fitting = [
            one
            for one in course.lessons
            if day.replace(day=1) <= one.day < day and one.teacher_id not in used
        ]
        return self._chance.pick(fitting) if fitting else None

    def _remark(
        self,
        course: ClassYear,
        day: date,
        inspection: str,
        lesson: Lesson,
        state: str,
        kind: Checked,
        words: str,
    ) -> Iterator[Step]:
        new = NewRemark(self._chance.id(), kind, lesson.lesson_id)
        at, where = on(day, _NOON), course.class_id
        due = day + timedelta(days=Regulation().remark_days)
        if state in _UNANSWERED and due <= self._last:  # the others too, as days pass
            self._flaws.note(
                "overdue_remark",
                class_id=where,
                remark_id=new.remark_id,
                teacher_id=lesson.teacher_id,
            )
        remark = (where, new.remark_id)
        yield Step(at, self._deputy, "open_remark", (where, inspection, new, words))
        if state in {"answered", "returned", "accepted"}:
            answer = (*remark, (), "Исправлено, спасибо.")
            yield Step(at + TICK, lesson.teacher_id, "resolve_remark", answer)
        if state == "returned":
            why = (*remark, "Покажите анализ работы.")
            yield Step(at + 2 * TICK, self._deputy, "return_remark", why)
        if state == "accepted":
            yield Step(at + 2 * TICK, self._deputy, "accept_remark", remark)

    def _trainings(self) -> Iterator[Step]:
        """Everybody before the year, all but the last hired; those who had questions later."""
        everybody = [
            *(one.person_id for role, one in self._staff.office.items() if role != Role.AUDITOR),
            *(teacher.id for teacher in self._staff.teachers[:-1]),
        ]
        august = date(self._stage.year, 8, 27)
        october = date(self._stage.year, 10, 15)
        some = [teacher.id for teacher in self._staff.teachers[:_FEW]]
        for day, topic, people in (
            (august, "Работа с журналом: темы, отметки, исправления", everybody),
            (october, "Замечания, причины пропусков, отчёты", some),
        ):
            held = TrainingHeld(self._chance.id(), day, topic, tuple(people))
            what = (self._stage.year, held)
            yield Step(on(day, _EVENING), self._deputy, "hold_training", what)

    def _questions(self) -> Iterator[Step]:
        """A mother asks twice and is answered once; a teacher asks the administrator."""
        monday = self._last - timedelta(days=self._last.weekday())
        asking = [
            (course, member.child)
            for course in self._courses
            for member in course.on(monday)
            if member.child.diary
        ][:2]
        for (course, child), words, answer in zip(
            asking,
            ("Можно ли переписать контрольную?", "Когда родительское собрание?"),
            ("Да, в среду после уроков.", ""),
            strict=False,
        ):
            number, mother = self._chance.id(), child.guardians[0]
            teacher = course.load.homeroom.id
            about = (course.class_id, number, child.id, teacher, words)
            yield Step(on(monday, _NOON), mother, "ask_about_child", about)
            if answer:
                reply = (self._stage.year, mother, number, answer)
                yield Step(on(monday, _EVENING), teacher, "reply_in_conversation", reply)
            else:
                self._flaws.note(
                    "unanswered_question",
                    class_id=course.class_id,
                    conversation_id=number,
                    person_id=mother,
                    teacher_id=teacher,
                )
        teacher, number = self._staff.teachers[0].id, self._chance.id()
        question = (self._stage.year, number, self._administrator, "Как распечатать выписку?")
        yield Step(on(monday, _NOON), teacher, "ask_about_program", question)
        reply = (self._stage.year, teacher, number, "На странице журнала, кнопка «Выписка».")
        yield Step(on(monday, _EVENING), self._administrator, "reply_in_conversation", reply)

    def _services(self) -> Iterator[Step]:
        """Granted, refused, and one that waits."""
        day = self._last - timedelta(days=self._last.weekday())
        children = [member.child for member in self._courses[-1].on(day)][:_FEW]
        decided = (
            (Channel.PORTAL, Outcome.GRANTED, ""),
            (Channel.EMAIL, Outcome.REFUSED, "Заявитель не законный представитель ученика."),
            (Channel.IN_PERSON, None, ""),
        )
        for child, (channel, outcome, reason) in zip(children, decided, strict=False):
            family = names.surname(self._applicants)
            name = names.adult(self._applicants, family, female=True)
            number = self._chance.id()
            new = NewRequest(number, child.id, channel, day)
            said = Application(
                f"{name.family} {name.given} {name.patronymic}", "", "успеваемость за четверть"
            )
            what = (self._stage.year, new, said)
            yield Step(on(day, _MORNING), self._secretary, "request_service", what)
            if outcome is not None:
                decision = (self._stage.year, number, outcome, reason)
                yield Step(on(day, _EVENING), self._secretary, "decide_service", decision)
