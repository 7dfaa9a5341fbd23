"""Red flags as the doors tell them: a sentence each, whom it is about, the facts behind it."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

import msgspec

from api.auth.devices import device
from api.caller import Caller
from api.deps import require_flags
from api.grants import trail_classes
from api.pages.wording import called, comma, day, plural, short_name
from domain.office.signal_commands import Flag
from domain.red_flags import KINDS, flag_id, flag_of
from domain.refusals import Invalid, NotFound
from projections import redflags, trail
from projections.redflags import Filters, Found, SignIn

MARKS = ("отметка", "отметки", "отметок")
ENTRIES = ("запись", "записи", "записей")
CHANGES = ("исправление", "исправления", "исправлений")
#: why an entry is of nobody with a right to the lesson
NO_RIGHT = {
    "import": "загрузкой из файла",
    "operator": "командной строкой сервера",
    "administration": "администрацией",
    "no_right": "без назначения на урок",
}
NOT_HELD = {
    "nothing": "ни тема, ни посещаемость не записаны",
    "cancelled": "урок отменён",
    "day_off": "по календарю это неучебный день",
}


def of_flags(caller: Caller, flag: str | None) -> None:
    """The trail of a red flag is for those who read red flags. Raises Forbidden, NotFound."""
    if flag is not None and flag not in trail.FLAGS:
        require_flags(caller)


def sentence(one: Found) -> str:
    """What is odd, in one sentence; who did it stands beside it."""
    place = ", ".join(filter(None, (one.class_name, one.subject, _lesson(one.lesson_date))))
    said = SENTENCES[one.code](one)
    return f"{place}: {said}" if place else f"{said[0].upper()}{said[1:]}"


def _lesson(when: date | None) -> str:
    return f"урок {day(when)}" if when else ""


def _term(one: Found) -> str:
    return one.term_name or f"{one.term}-й период"


def _pupil(one: Found) -> str:
    return f"{called(one.pupil)}: " if one.pupil else ""


def _not_held(one: Found) -> str:
    return f"{plural(one.count, *MARKS)}, а {NOT_HELD[one.detail['reason']]}"


def _after_term_mark(one: Found) -> str:
    old, new = one.detail["old"], one.detail["value"]
    what = f"отметка исправлена, {old} → {new}"
    if not old:
        what = f"новая отметка «{new}»"
    elif not new:
        what = f"отметка «{old}» аннулирована"
    asked = " по служебной записке" if one.detail["approved"] else ""
    return f"{_pupil(one)}{what}{asked}, когда отметка за {_term(one)} уже стояла"


def _no_right(one: Found) -> str:
    if one.detail["reason"] == "released":
        marks = plural(one.detail["marks"], *MARKS)
        return (
            f"назначение на предмет снято с {day(one.detail['on'])}, а за уроки с этого дня {marks}"
        )
    return f"{plural(one.count, *ENTRIES)} об отметках {NO_RIGHT[one.detail['reason']]}"


def _much(one: Found) -> str:
    if one.detail["reason"] == "night":
        return f"{plural(one.count, *ENTRIES)} об отметках ночью"
    return f"{plural(one.count, *CHANGES)} отметок подряд за несколько минут"


def _suggested(one: Found) -> str:
    told = one.detail
    return (
        f"{_pupil(one)}за {_term(one)} «{told['value']}», а предложено «{told['suggested']}»"
        f" (средний балл {comma(told['average'])}), причины нет"
    )


def _administration(one: Found) -> str:
    if one.detail["reason"] == "own_right":
        how = "по замене или назначению, которое человек выдал себе сам"
    else:
        how = NO_RIGHT[one.detail["reason"]]
    return f"{plural(one.count, *ENTRIES)} об отметках {how}"


SENTENCES = {
    "F1": _not_held,
    "F2": _after_term_mark,
    "F3": _no_right,
    "F4": _much,
    "F5": lambda one: f"{plural(one.count, *CHANGES)} отметок вверх за один вход",
    "F6": _suggested,
    "F7": lambda one: (
        f"{plural(one.count, *ENTRIES)} через {plural(one.detail['days'], 'день', 'дня', 'дней')}"
        " после урока"
    ),
    "F8": lambda one: f"{_pupil(one)}стоит «{one.detail['value']}», а на уроке отсутствие",
    "F9": lambda one: f"{plural(one.count, *MARKS)}, а темы урока нет",
    "F10": lambda one: (
        f"{plural(one.count, *ENTRIES)} вперемежку под двумя входами в одни и те же минуты"
    ),
    "F11": _administration,
}


async def found(
    caller: Caller, filters: Filters, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None, dict[str, int]]:
    """A page of flags as `GET /red-flags` tells them, its cursor, and how many there are by code
    (whatever the code asked for). An auditor's are cut to the open journals. Raises Invalid.
    """
    now = caller.door.house.clock()
    filters = msgspec.structs.replace(filters, unraised=await _unraised(caller))
    async with caller.reading() as (conn, schema):
        try:
            flags, following = await redflags.red_flags(conn, schema, filters, now, cursor, limit)
        except ValueError:
            raise Invalid("flag.cursor", "Такой страницы в списке сигналов нет.") from None
        counts = await redflags.counts(conn, schema, filters, now)
    sessions = [name for one in flags for name in (one.session, one.other) if name]
    known: dict[str, SignIn] = {}
    if caller.administration:
        async with caller.door.reading() as (conn, schema):
            known = await redflags.sign_ins(conn, schema, sessions)
    return [told(one, known, full=caller.administration) for one in flags], following, counts


async def _unraised(caller: Caller) -> tuple[int, ...]:
    async with caller.door.reading() as (conn, schema):
        return await redflags.at_one_place(conn, schema)


async def the_flag(caller: Caller, name: str) -> Found:
    """A flag by its name, if it is the caller's to read. Raises NotFound."""
    named = flag_of(name)
    if named is not None:
        classes, unraised = await trail_classes(caller), await _unraised(caller)
        async with caller.reading() as (conn, schema):
            now = caller.door.house.clock()
            flag = await redflags.one(conn, schema, *named, now, classes, unraised)
        if flag is not None:
            return flag
    raise NotFound("flag.unknown", "Такого сигнала нет. Возможно, запись уже исправлена.")


def to_review(one: Found) -> Flag:
    """A flag as the command wants it."""
    return Flag(one.code, one.position, one.by_id)


def told(one: Found, known: dict[str, SignIn], *, full: bool) -> dict[str, Any]:
    """A flag as JSON; `known`: where its sign-ins came from; `full`: with the words of the reviews,
    which are about staff and the administration's to read ("" once erased).
    """
    kind, name = KINDS[one.code], flag_id(one.code, one.position)
    return {
        "flag": name,
        "code": one.code,
        "title": kind.title,
        "severity": kind.severity,
        "sentence": sentence(one),
        "at": one.at.astimezone(UTC).isoformat(),
        "by": {"person_id": one.by_id, "name": one.by},
        "class": one.class_id and {"class_id": one.class_id, "name": one.class_name},
        "subject": one.subject_id and {"subject_id": one.subject_id, "name": one.subject},
        "pupil": one.pupil_id and {"pupil_id": one.pupil_id, "name": one.pupil},
        "lesson_id": one.lesson_id,
        "lesson_date": one.lesson_date and one.lesson_date.isoformat(),
        "mark_id": one.mark_id,
        "term": one.term,
        "count": one.count,
        "positions": list(one.positions),
        "trail_url": f"/trail?flag={name}",
        "sign_ins": [
            _sign_in(known[session]) for session in (one.session, one.other) if session in known
        ],
        "status": "answered" if one.reviews else "open",
        "reviews": [
            {
                "at": review.at.astimezone(UTC).isoformat(),
                "by": {"person_id": review.by_id, "name": review.by},
                "word": review.word if full else None,
            }
            for review in one.reviews
        ],
    }


def _sign_in(one: SignIn) -> dict[str, Any]:
    return {
        "at": one.at.astimezone(UTC).isoformat(),
        "device": device(one.user_agent),
        "address": one.address,
        "new": one.new,
    }


def who(one: dict[str, Any]) -> str:
    """Whose deed it is, for a page: «Иванова А. П.»; the server's own command line has no name."""
    return short_name(one["by"]["name"]) if one["by"]["name"] else "командная строка сервера"
