"""The copy itself: a zip with a page to be read and the same as JSON. Pure.

Of others there is nothing in it: other pupils and guardians are «другой человек», what was written
about several keeps the lines of this one alone, letters of others stay where they are.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson

from api.erasure import KINDS
from api.pages import wording
from api.pages.rendering import environment
from api.pages.trail import sentence
from domain.notices import KIND_LABELS
from domain.people.facts import Name
from projections.copies import Kept

SOMEBODY = "другой человек"
#: of the envelope: how the school's log is kept, not what is known of the person
_INNER = ("salt", "session", "cites")
LONG_AGO = (1980, 1, 1, 0, 0, 0)
ROLES = {
    "pupil": "ученик",
    "guardian": "законный представитель",
    "staff": "сотрудник",
}
#: lines of the access log
ACTS = {
    "absences": "пропуски",
    "calendar": "календарь по ссылке",
    "calendar-link": "ссылка на календарь",
    "class": "журнал класса",
    "consents": "согласия",
    "copy": "копия всех данных",
    "diary": "дневник",
    "erasure": "сведения к уничтожению",
    "export": "выгрузка",
    "lesson": "файлы урока",
    "lesson-file": "файл урока",
    "mark": "история отметки",
    "person": "личные данные",
    "report": "отчёт",
    "search": "поиск ученика",
    "token": "ключ программы",
    "trail": "история изменений",
}
#: by what right, or why not
RIGHTS = {
    "self": "сам",
    "guardian": "законный представитель",
    "class_teacher": "классный руководитель",
    "teacher": "учитель",
    "deputy": "заместитель директора",
    "director": "директор",
    "administrator": "администратор",
    "secretary": "секретарь",
    "auditor": "проверяющий",
    "glass": "экстренный доступ",
    "issued": "выдана",
    "revoked": "отозвана",
}
PURPOSES = {"diary": "электронный дневник", "email": "письма", "push": "уведомления"}


def packed(
    person: Mapping[str, Any],
    name: Name | None,
    kept: Kept,
    lines: Sequence[dict[str, Any]],
    *,
    near: frozenset[str],
    login: str | None,
    programs: Sequence[str],
    calendars: int,
    school: str,
    zone: str,
    position: int,
    made: datetime,
) -> bytes:
    """The zip. `near`: the person and who asked, the only two of a family who are named."""
    hidden = kept.others - near
    facts, authored = _facts(kept, str(person["person_id"]), hidden)
    content: dict[str, Any] = {
        "school": school,
        "made": made,
        "position": position,
        "person": {
            "person_id": person["person_id"],
            "kind": person["kind"],
            "name": name.full if name else "",
            "born": name.born if name else None,
            "address": name.address if name else "",
        },
        "account": {
            "login": login,
            "programs": list(programs),
            "calendars": calendars,
            "mail": [{"address": one[0], "confirmed": one[1]} for one in kept.address],
            "devices": [_named(one, "name", "since", "told", "ended") for one in kept.devices],
            "sessions": [
                _named(one, "since", "seen", "ip", "device", "ended") for one in kept.sessions
            ],
        },
        "classes": [_named(one, "name", "year", "since", "until") for one in kept.classes],
        "roles": [_named(one, "role", "since", "until") for one in kept.roles],
        "seats": [_named(one, "teacher", "lane", "desk", "side", "since") for one in kept.seats],
        "consents": [_consent(one, hidden) for one in kept.consents],
        "texts": [_named(one, "payload_id", "kind", "text") for one in kept.texts],
        "history": [_line(one, zone) for one in reversed(lines)],
        "access": [_look(one, near) for one in kept.looks],
        "notices": [
            _named(one, "at", "kind", "channel", "state", "sent_at", "opened_at")
            for one in kept.notices
        ],
        "facts": facts,
        "written_by": authored,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        _member(archive, "index.html", _page(content, zone).encode())
        pretty = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z
        _member(archive, "data.json", orjson.dumps(content, option=pretty))
    return out.getvalue()


def _member(archive: zipfile.ZipFile, name: str, body: bytes) -> None:
    member = zipfile.ZipInfo(name, LONG_AGO)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, body)


def _named(found: Sequence[Any], *names: str) -> dict[str, Any]:
    return dict(zip(names, found, strict=True))


def _facts(
    kept: Kept, person_id: str, hidden: frozenset[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Facts about the person without anybody else, and what the person has written: only that."""
    about, authored = [], []
    for position, stream, topic, state in kept.facts:
        body = orjson.loads(bytes(state))
        only_author = stream != person_id and not _names(body, person_id)
        if only_author:
            authored.append({"position": position, "at": body.get("at"), "topic": topic})
            continue
        shown = _without(body, person_id, hidden)
        for inner in _INNER:
            shown.pop(inner, None)
        about.append({"position": position, "topic": topic, "stream": stream, "fact": shown})
    return about, authored


def _names(body: Any, person_id: str) -> bool:
    """Whether the person is named beside being the author."""
    if isinstance(body, dict):
        return any(_names(one, person_id) for key, one in body.items() if key != "by")
    if isinstance(body, list):
        return any(_names(one, person_id) for one in body)
    return bool(body == person_id)


def _without(body: Any, person_id: str, hidden: frozenset[str]) -> Any:
    """The value without others: of a list about several, their entries go altogether."""
    if isinstance(body, dict):
        return {key: _without(one, person_id, hidden) for key, one in body.items()}
    if isinstance(body, list):
        mine = [one for one in body if not _concerns(one, hidden) or _concerns(one, {person_id})]
        return [_without(one, person_id, hidden) for one in mine]
    return SOMEBODY if isinstance(body, str) and body in hidden else body


def _concerns(one: Any, people: frozenset[str] | set[str]) -> bool:
    if isinstance(one, dict):
        return any(_concerns(value, people) for value in one.values())
    if isinstance(one, list):
        return any(_concerns(value, people) for value in one)
    return isinstance(one, str) and one in people


def _consent(found: Sequence[Any], hidden: frozenset[str]) -> dict[str, Any]:
    shown = _named(
        found, "pupil_id", "guardian_id", "purpose", "since", "until", "given_at", "withdrawn_at"
    )
    return {key: SOMEBODY if value in hidden else value for key, value in shown.items()}


def _line(one: dict[str, Any], zone: str) -> dict[str, Any]:
    return {"position": one["position"], "at": one["recorded_at"], "words": sentence(one, zone)}


def _look(found: Sequence[Any], near: frozenset[str]) -> dict[str, Any]:
    at, who, kind, name, act, outcome, basis, about = found
    known = kind == "staff" or who in near
    return {
        "at": at,
        "who": (name if known else SOMEBODY) if who else "",
        "act": act,
        "outcome": outcome,
        "basis": basis,
        "about_the_person": about,
    }


def _page(content: dict[str, Any], zone: str) -> str:
    """The same for a person, one page without anything from elsewhere."""

    def day(value: date | None) -> str:
        return wording.day(value) if value else ""

    def moment(value: datetime | str | None) -> str:
        return wording.moment(value, zone) if value else ""

    return environment.get_template("copies/index.html").render(
        content=content,
        day=day,
        moment=moment,
        roles=ROLES,
        kinds=KINDS,
        purposes=PURPOSES,
        acts=ACTS,
        rights=RIGHTS,
        notices={str(kind): label for kind, label in KIND_LABELS.items()},
    )
