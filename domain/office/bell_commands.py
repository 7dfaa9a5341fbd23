"""Commands about bells and shifts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.access import Actor
from domain.bells import Schedule
from domain.calendar import Bell
from domain.commands import Commands
from domain.fact import Fact
from domain.office import bell_facts as f
from domain.office.decisions import require_class
from domain.office.state import Office
from domain.permissions import Act
from domain.refusals import Invalid
from domain.writing import Answer, Request

SHIFTS = range(1, 4)


class BellCommands(Commands):
    """Schedules of bells, shifts of classes, shortened days."""

    def adopt_bells(
        self,
        year: int,
        since: date,
        schedules: Sequence[Schedule],
        order_no: str = "",
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Every schedule of bells that is in force from a day on."""
        new = f.BellsAdopted(since, tuple(schedules), order_no.strip())
        return self._in_office(year, Act.ADOPT_BELLS, by, request, lambda o: adopt_bells(o, new))

    def assign_shift(
        self, year: int, class_id: str, shift: int, since: date, *, by: Actor, request: Request
    ) -> Answer:
        """The shift of a class from a day on."""
        new = f.ShiftAssigned(class_id, shift, since)
        return self._in_office(year, Act.ASSIGN_SHIFT, by, request, lambda o: assign_shift(o, new))

    def change_day_bells(
        self, year: int, new: f.DayBellsChanged, *, by: Actor, request: Request
    ) -> Answer:
        """A shortened day, by an order."""
        return self._in_office(
            year, Act.CHANGE_DAY_BELLS, by, request, lambda o: change_day_bells(o, new)
        )


def adopt_bells(office: Office, new: f.BellsAdopted) -> list[Fact]:
    """Schedules of shifts and weekdays from a day on. Raises Invalid."""
    if not new.schedules:
        raise Invalid("bells.none", "Нет ни одного расписания звонков.")
    told: set[tuple[int, int]] = set()
    for one in new.schedules:
        _check_shift(one.shift)
        check_bells(one.bells)
        if not one.name.strip():
            raise Invalid("bells.name", "У расписания звонков нет названия.")
        for weekday in one.weekdays or (0,):
            if (one.shift, weekday) in told:
                raise Invalid(
                    "bells.twice",
                    f"Для смены {one.shift} в один день недели указаны два расписания звонков.",
                )
            told.add((one.shift, weekday))
    if 0 not in {weekday for _, weekday in told}:
        raise Invalid("bells.usual", "Нет расписания звонков для обычного дня.")
    known = [one.schedules for one in office.ringing.adopted if one.since == new.since]
    return [] if known and known[-1] == new.schedules else [new]


def assign_shift(office: Office, new: f.ShiftAssigned) -> list[Fact]:
    """The shift of a class from a day on. Raises NotFound, Invalid."""
    require_class(office, new.class_id)
    _check_shift(new.shift)
    known = office.ringing.shifts.get(new.class_id, ())
    told = any(one.since == new.since for one in known)
    same = office.ringing.shift_of(new.class_id, new.since) == new.shift
    later = any(one.since > new.since for one in known)
    return [] if same and (told or not later) else [new]


def change_day_bells(office: Office, new: f.DayBellsChanged) -> list[Fact]:
    """Other bells of one day. Raises Invalid."""
    if not new.order_no.strip():
        raise Invalid("bells.no_order", "Укажите номер приказа о сокращённом дне.")
    if new.shift != 0:
        _check_shift(new.shift)
    check_bells(new.bells)
    if not office.calendar.starts <= new.day <= office.calendar.ends:
        raise Invalid("bells.day", f"{new.day:%d.%m.%Y} не в этом учебном году.")
    known = [one for one in office.ringing.days.get(new.day, ()) if one.shift == new.shift]
    return [] if known and known[-1].bells == new.bells else [new]


def check_bells(bells: Sequence[Bell]) -> None:
    """Raises Invalid for lessons that overlap, go backwards or are told twice."""
    if not bells:
        raise Invalid("bells.none", "В расписании звонков нет ни одного урока.")
    end, number = "", -1
    for bell in bells:
        if bell.number <= number or bell.starts < end or bell.ends <= bell.starts:
            raise Invalid(
                "bells.order", f"Звонки урока {bell.number} идут не по порядку или пересекаются."
            )
        end, number = bell.ends, bell.number


def _check_shift(shift: int) -> None:
    if shift not in SHIFTS:
        raise Invalid("bells.shift", "Смен бывает от одной до трёх.")
