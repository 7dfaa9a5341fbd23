"""What a rollover writes: each step is one command of the school."""

from __future__ import annotations

from datetime import date

import msgspec

from domain.bells import Schedule
from domain.journal.facts import SubgroupSplitOrdered, TeacherAssigned
from domain.office import facts as f
from domain.office.bell_facts import ShiftAssigned


class OpenYear(msgspec.Struct, frozen=True, tag="open-year"):
    new: f.YearOpened


class AdoptBells(msgspec.Struct, frozen=True, tag="adopt-bells"):
    since: date
    schedules: tuple[Schedule, ...]


class IntroduceSubject(msgspec.Struct, frozen=True, tag="introduce-subject"):
    subject: f.Subject


class IntroduceWorkType(msgspec.Struct, frozen=True, tag="introduce-work-type"):
    kind: f.WorkType


class Appoint(msgspec.Struct, frozen=True, tag="appoint"):
    appointment: f.Appointment


class FormClass(msgspec.Struct, frozen=True, tag="form-class"):
    new: f.ClassFormed


class AssignShift(msgspec.Struct, frozen=True, tag="assign-shift"):
    new: ShiftAssigned


class AppointClassTeacher(msgspec.Struct, frozen=True, tag="appoint-class-teacher"):
    new: f.ClassTeacherAppointed


class Enrol(msgspec.Struct, frozen=True, tag="enrol"):
    class_id: str
    pupils: tuple[str, ...]
    since: date
    order_no: str
    order_date: date | None


class Split(msgspec.Struct, frozen=True, tag="split"):
    class_id: str
    new: SubgroupSplitOrdered


class AssignTeacher(msgspec.Struct, frozen=True, tag="assign-teacher"):
    class_id: str
    new: TeacherAssigned


class AdoptPlan(msgspec.Struct, frozen=True, tag="adopt-plan"):
    """The lessons are those of the plan `source`, as they were adopted."""

    class_id: str
    plan_id: str
    subject_id: str
    source: str


Step = (
    OpenYear
    | AdoptBells
    | IntroduceSubject
    | IntroduceWorkType
    | Appoint
    | FormClass
    | AssignShift
    | AppointClassTeacher
    | Enrol
    | Split
    | AssignTeacher
    | AdoptPlan
)
#: step → what it is counted as
COUNTED: dict[type[Step], str] = {
    OpenYear: "новый учебный год",
    AdoptBells: "расписания звонков",
    IntroduceSubject: "предметы",
    IntroduceWorkType: "виды работ",
    Appoint: "назначения на должность",
    FormClass: "классы",
    AssignShift: "классы не первой смены",
    AppointClassTeacher: "классные руководители",
    Enrol: "списки классов",
    Split: "деления на подгруппы",
    AssignTeacher: "назначения на предмет",
    AdoptPlan: "планы уроков (КТП)",
}
