"""A plan in the words of a school secretary: one sentence per operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from api.imports import plan as p
from api.imports.draft import Known
from domain.values import Role

_ROLES = {
    Role.ADMINISTRATOR: "администратор",
    Role.AUDITOR: "аудитор",
    Role.DEPUTY: "заместитель директора",
    Role.DIRECTOR: "директор",
    Role.SECRETARY: "секретарь",
    Role.TEACHER: "учитель",
}
_KINDS = {"pupil": "ученика", "guardian": "представителя", "staff": "сотрудника"}

#: operation → what to count it as
COUNTED: dict[type[p.Operation], str] = {
    p.FormClass: "новые классы",
    p.RegisterPerson: "новые люди",
    p.DescribePupil: "день рождения и адрес",
    p.EnrolPupil: "зачисления",
    p.LinkGuardian: "связи с представителями",
    p.IntroduceSubject: "новые предметы",
    p.IntroduceWorkType: "новые виды работ",
    p.AppointStaff: "назначения на должность",
    p.AppointClassTeacher: "классные руководители",
    p.AssignTeacher: "назначения на предмет",
    p.AdoptTimetable: "недели расписания",
    p.AdoptLessonPlan: "планы уроков",
    p.AddLesson: "уроки вне расписания",
    p.RecordTopic: "темы уроков",
    p.GiveMark: "отметки",
}


def counts(plans: tuple[p.Plan, ...]) -> dict[str, int]:
    """How many operations of each kind, in the order of `COUNTED`."""
    found: Counter[type[p.Operation]] = Counter()
    for plan in plans:
        found.update(type(one) for one in plan.operations)
    return {words: found[kind] for kind, words in COUNTED.items() if found[kind]}


def sentences(plan: p.Plan, known: Known) -> Iterator[str]:
    """«Строка 5: поставить «4» …» for every operation, in order."""
    words = _Words(plan, known)
    for one in plan.operations:
        yield f"Строка {one.row}: {words.of(one)}"


class _Words:
    def __init__(self, plan: p.Plan, known: Known) -> None:
        office = known.office
        self._known = known
        self._new: dict[p.Ref, str] = {}
        self._classes = {c.class_id: f"{c.grade_level}{c.letter}" for c in office.classes.values()}
        for one in plan.operations:
            match one:
                case p.FormClass():
                    self._new[one.ref] = f"{one.grade_level}{one.letter}"
                case p.RegisterPerson():
                    self._new[one.ref] = one.name.full
                case p.IntroduceSubject() | p.IntroduceWorkType():
                    self._new[one.ref] = f"«{one.name}»"
                case p.AddLesson():
                    self._new[one.ref] = self._lesson(one)
                case _:
                    pass

    def of(self, one: p.AnyOperation) -> str:  # noqa: C901, PLR0911 - a table
        """The sentence of an operation, without its row."""
        name = self._name
        match one:
            case p.FormClass():
                return f"образовать класс {name(one.ref)}"
            case p.RegisterPerson():
                return f"записать {_KINDS[one.person_kind]}: {one.name.full}"
            case p.DescribePupil():
                return f"день рождения и адрес: {one.name.full}"
            case p.EnrolPupil():
                who, where = name(one.pupil_ref), name(one.class_ref)
                return f"зачислить в {where} с {one.since:%d.%m.%Y}: {who}"
            case p.LinkGuardian():
                return f"представитель ученика {name(one.pupil_ref)}: {name(one.guardian_ref)}"
            case p.IntroduceSubject():
                return f"ввести предмет «{one.name}»"
            case p.IntroduceWorkType():
                return f"ввести вид работы «{one.name}», вес {one.weight}"
            case p.AppointStaff():
                role = _ROLES.get(one.role, str(one.role))
                return f"назначить с {one.since:%d.%m.%Y} ({role}): {name(one.person_ref)}"
            case p.AppointClassTeacher():
                return f"классный руководитель {name(one.class_ref)}: {name(one.person_ref)}"
            case p.AssignTeacher():
                subject, where = name(one.subject_ref), name(one.class_ref)
                return f"{subject} в {where} ведёт {name(one.person_ref)}"
            case p.AdoptTimetable():
                lines = f"уроков в неделю: {len(one.entries)}"
                return f"расписание {name(one.class_ref)} с {one.since:%d.%m.%Y}, {lines}"
            case p.AdoptLessonPlan():
                hours = sum(lesson.hours for lesson in one.lessons)
                subject = name(one.subject_ref)
                return f"план уроков {subject} в {name(one.class_ref)}, часов: {hours}"
            case p.AddLesson():
                where = name(one.class_ref)
                return f"урок вне расписания в {where}: {self._lesson(one)}"
            case p.RecordTopic():
                return f"тема урока {name(one.lesson_ref)}: {one.topic}"
            case p.GiveMark():
                lesson = self._lesson_of(one)
                kind = name(one.work_type_ref)
                mark = f"поставить «{one.value}» ({kind}, вес {one.weight})"
                return f"{mark}, {name(one.class_ref)}, {lesson}: {name(one.pupil_ref)}"

    def _lesson(self, one: p.AddLesson) -> str:
        return f"{self._name(one.subject_ref)} {one.date:%d.%m.%Y} № {one.number}"

    def _lesson_of(self, one: p.GiveMark) -> str:
        if p.is_new(one.lesson_ref):
            return self._new[one.lesson_ref]
        lesson = self._known.journals[one.class_ref].lessons[one.lesson_ref]
        return f"{self._name(lesson.subject_id)} {lesson.date:%d.%m.%Y} № {lesson.number}"

    def _name(self, ref: p.Ref) -> str:
        """What a reference is called."""
        office = self._known.office
        if p.is_new(ref):
            return self._new[ref]
        if ref in self._classes:
            return self._classes[ref]
        if (subject := office.subjects.get(ref)) is not None:
            return f"«{subject.name}»"
        if (kind := office.work_types.get(ref)) is not None:
            return f"«{kind.name}»"
        person = self._known.names.get(ref)
        return person.full if person else "данные удалены"
