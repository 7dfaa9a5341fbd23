"""Operations of a plan as commands of the school: the one place where the two meet."""

from __future__ import annotations

from collections.abc import Callable

from api.imports import plan as p
from domain.access import Actor
from domain.journal import facts as jf
from domain.office import facts as of
from domain.school import MarkInput, School
from domain.writing import Answer, Request


class Carrier:
    """Turns operations into commands, in order; new things get their random ids here."""

    def __init__(
        self, school: School, year: int, *, ids: Callable[[], str], by: Actor, request: Request
    ) -> None:
        self._school = school
        self._year = year
        self._ids = ids
        self._by = by
        self._request = request
        self._new: dict[p.Ref, str] = {}

    def id_of(self, ref: p.Ref) -> str:
        """The id behind a reference: the same one every time."""
        if not p.is_new(ref):
            return ref
        if ref not in self._new:
            self._new[ref] = self._ids()
        return self._new[ref]

    def carry(self, one: p.AnyOperation) -> Answer:  # noqa: C901, PLR0911 - a table
        """Queue the command of one operation; a refusal comes through the answer."""
        school, year, at, how = self._school, self._year, self.id_of, (self._by, self._request)
        by, request = how
        match one:
            case p.FormClass():
                formed = of.ClassFormed(at(one.ref), one.grade_level, one.letter)
                return school.form_class(year, formed, by=by, request=request)
            case p.RegisterPerson():
                return school.register_person(
                    year, at(one.ref), one.person_kind, one.name, by=by, request=request
                )
            case p.DescribePupil():
                return school.rename_person(year, at(one.ref), one.name, by=by, request=request)
            case p.EnrolPupil():
                pupils = [at(one.pupil_ref)]
                return school.enrol_pupils(
                    at(one.class_ref), pupils, one.since, one.order_no, by=by, request=request
                )
            case p.LinkGuardian():
                pupil, guardian = at(one.pupil_ref), at(one.guardian_ref)
                return school.link_guardian(
                    year, pupil, guardian, one.since, by=by, request=request
                )
            case p.IntroduceSubject():
                subject = of.Subject(at(one.ref), one.name)
                return school.introduce_subject(year, subject, by=by, request=request)
            case p.IntroduceWorkType():
                kind = of.WorkType(at(one.ref), one.name, one.abbr, one.weight)
                return school.introduce_work_type(year, kind, by=by, request=request)
            case p.AppointStaff():
                appointment = of.Appointment(at(one.person_ref), one.role, one.since)
                return school.appoint(year, appointment, by=by, request=request)
            case p.AppointClassTeacher():
                class_teacher = of.ClassTeacherAppointed(
                    at(one.class_ref), at(one.person_ref), one.since
                )
                return school.appoint_class_teacher(year, class_teacher, by=by, request=request)
            case p.AssignTeacher():
                assigned = jf.TeacherAssigned(
                    self._ids(), at(one.person_ref), at(one.subject_ref), one.since
                )
                return school.assign_teacher(at(one.class_ref), assigned, by=by, request=request)
            case p.AdoptTimetable():
                return school.adopt_timetable(
                    year, at(one.class_ref), one.since, one.entries, by=by, request=request
                )
            case p.AdoptLessonPlan():
                return school.adopt_lesson_plan(
                    at(one.class_ref),
                    one.plan_id,
                    at(one.subject_ref),
                    one.subgroup_ref,
                    one.lessons,
                    by=by,
                    request=request,
                )
            case p.AddLesson():
                lesson = jf.LessonAdded(
                    at(one.ref), one.date, one.number, at(one.subject_ref), at(one.teacher_ref)
                )
                return school.add_lesson(at(one.class_ref), lesson, by=by, request=request)
            case p.RecordTopic():
                return school.record_topic(
                    at(one.class_ref), at(one.lesson_ref), one.topic, by=by, request=request
                )
            case p.GiveMark():
                mark = MarkInput(
                    one.mark_id,
                    at(one.pupil_ref),
                    one.value,
                    at(one.work_type_ref),
                    one.weight,
                    one.comment,
                )
                return school.give_marks(
                    at(one.class_ref), at(one.lesson_ref), [mark], by=by, request=request
                )
