"""Writes that were refused: a line of the access log for each, so that attempts are seen as well.

A fact is what happened; what was refused has not happened and leaves none (red flags are of facts).
Only ids of the path are kept: no body, no text.
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from starlette.types import Scope

logger = logging.getLogger(__name__)

#: where the caller and the code of the refusal wait in the scope of a request
CALLER, CODE = "letopis.caller", "letopis.refusal"
#: refused for good; what was overtaken, malformed or too often is no attempt
NOTED = frozenset({403, 404, 409})
#: conflicts that say that the cell is locked
LOCKED = frozenset({"lesson.cancelled"})
#: one has to show one's password (again) first
_FIRST = "session."
_CONFLICT = 409


async def note(scope: Scope, status: int) -> None:
    """Write a refused write down, if it is known who tried; never stands in the answer's way."""
    caller, route = scope.get(CALLER), scope.get("route")
    code = scope.get(CODE, f"http.{status}")
    if caller is None or route is None or code.startswith(_FIRST):
        return
    if status == _CONFLICT and code not in LOCKED:
        return
    act = f"write {scope['method']} {route.path}"
    line = caller.look(act, _ids(scope.get("path_params", {})), "refused", code)
    try:
        await caller.door.looks.add(line)
    except Exception:
        logger.exception("a refused write was not written down")


def _ids(parameters: dict[str, Any]) -> str:
    """The ids of a path, in its order, with spaces."""
    found = []
    for value in parameters.values():
        try:
            found.append(str(UUID(str(value))))
        except ValueError:
            continue  # a term, a week, a code
    return " ".join(found)


_WHAT = {
    "marks": "отметки за урок",
    "annulment": "отмена отметки",
    "comments": "комментарий к отметке",
    "attendance": "посещаемость",
    "topic": "тема урока",
    "homework": "домашнее задание",
    "no-homework": "«не задано»",
    "debts": "«точка»",
    "term-marks": "отметки за период",
    "year-marks": "годовые отметки",
    "exam-marks": "экзаменационные отметки",
    "final-marks": "итоговые отметки",
    "attendance-reasons": "причины пропусков",
    "absences": "причины пропусков",
    "confirmation": "подпись недели",
    "correction-requests": "просьба об исправлении",
    "approval": "разрешение исправления",
    "closing": "закрытие периода",
    "reopening": "открытие периода",
    "files": "файл урока",
    "lessons": "урок",
    "move": "перенос урока",
    "cancel": "отмена урока",
    "pupil-comments": "комментарий об ученике",
    "defences": "защита проекта",
    "conversations": "разговор",
    "inspections": "проверка журнала",
    "credentials": "реквизиты доступа",
}
_CHANGED = ("corrections", "resolution")


def words(act: str) -> str:
    """What was attempted: «отметки за урок»; a rarer thing by its address."""
    path = act.rpartition(" ")[2]
    parts = [part for part in path.split("/") if part and not part.startswith("{")]
    *before, last = parts or [""]
    if last in _CHANGED and before:
        return f"{_WHAT.get(before[-1], before[-1])}: исправление"
    return _WHAT.get(last, path.removeprefix("/api/v1"))


_WHY = {
    "term.closed": "период закрыт",
    "lesson.cancelled": "урок отменён",
    "lesson.unknown": "урока нет или он чужой",
    "lesson.not_yours": "урок ведёт другой",
    "class.unknown": "класса нет или он чужой",
    "class.not_yours": "не классный руководитель",
    "class.not_teaching": "не ведёт в этом классе",
    "mark.unknown": "отметки нет или она чужая",
    "mark.settled": "срок исправления прошёл",
    "access.administration_only": "делает только администрация",
    "access.not_about_oneself": "о самом себе",
    "token.out_of_scope": "ключ программы не для этого",
    "http.403": "нет права",
    "http.404": "нет или чужое",
}


def why(code: str) -> str:
    """The reason of a refusal in a few words, else its code."""
    return _WHY.get(code, code)
