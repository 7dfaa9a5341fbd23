"""«Сигналы»: what in the journal is worth a look, what to ask first, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import signals
from api.caller import Caller
from api.deps import FlagReader
from api.grants import trail_classes, visible_classes
from api.pages import wording
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.tried import attempts_for
from domain.office.signal_commands import SHORTEST_WORD
from domain.permissions import Act, holders
from domain.red_flags import CODES, KINDS, SEVERITIES, Code
from domain.refusals import Invalid, NotFound
from projections import directory
from projections.redflags import PAGE, Filters

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/signals"
Status = Literal["open", "answered", "all"]
STATUSES: dict[Status, str] = {"open": "Не разобраны", "answered": "Разобраны", "all": "Все"}
HIDDEN, ERASED = "Слова видит администрация школы.", "Слова стёрты."
#: severity → its tag
TAGS = {"high": "bad", "medium": "warn", "low": ""}


@router.get(HOME)
async def flags(
    caller: FlagReader,
    behind: Behind,
    *,
    flag: Code | None = None,
    class_id: UUID | None = None,
    by: UUID | None = None,
    status: Status = "open",
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,18}\.\d{1,2}\.\d{1,18}$")] = None,
) -> Response:
    """Signals by kinds, the heaviest first; what is looked into already is a step away."""
    asked = {
        "flag": flag or "",
        "class_id": str(class_id or ""),
        "by": str(by or ""),
        "status": "" if status == "open" else status,
    }
    filters = Filters(
        code=flag,
        class_id=asked["class_id"] or None,
        by=asked["by"] or None,
        classes=await trail_classes(caller),
        status=None if status == "all" else status,
        zone=caller.door.zone,
    )
    try:
        items, following, counts = await signals.found(caller, filters, cursor, PAGE)
    except Invalid:
        raise NotFound("flag.cursor", "Такой страницы в списке сигналов нет.") from None
    tried = await attempts_for(caller)
    context = {
        "groups": _groups(items, caller),
        "total": sum(counts.values()),
        "kinds": [(one, KINDS[one].title, counts.get(one, 0)) for one in CODES if one in counts],
        "statuses": [
            (words, _href(asked | {"status": "" if name == "open" else name}), name == status)
            for name, words in STATUSES.items()
        ],
        "filters": asked,
        "filtered": any(asked[name] for name in ("flag", "class_id", "by")),
        "choices": await _choices(caller),
        "may": not caller.roles.isdisjoint(holders(Act.REVIEW_RED_FLAG)),
        "shortest": SHORTEST_WORD,
        "next_url": following and _href(asked | {"cursor": following}),
        "first_url": _href(asked) if cursor else "",
        "tried": wording.plural(len(tried), "попытка", "попытки", "попыток") if tried else "",
        "tried_marks": sum(one.office and one.of_marks for one in tried),
    }
    return page("deputy/signals.html", context, viewer=await viewer_of(caller, HOME, behind=behind))


def _href(asked: dict[str, str]) -> str:
    kept = {name: value for name, value in asked.items() if value}
    return f"{HOME}?{urlencode(kept)}" if kept else HOME


def _groups(items: list[dict[str, Any]], caller: Caller) -> list[dict[str, Any]]:
    """Signals of a page by kinds, in the order of the kinds' weight."""
    order = sorted(CODES, key=lambda code: list(SEVERITIES).index(KINDS[code].severity))
    found = []
    for code in order:
        own = [_line(one, caller) for one in items if one["code"] == code]
        if own:
            kind = KINDS[code]
            found.append(
                {
                    "code": code,
                    "title": kind.title,
                    "advice": kind.advice,
                    "tag": TAGS[kind.severity],
                    "severity": SEVERITIES[kind.severity],
                    "lines": own,
                }
            )
    return found


def _line(one: dict[str, Any], caller: Caller) -> dict[str, Any]:
    zone = caller.door.zone
    return {
        "flag": one["flag"],
        "sentence": one["sentence"],
        "who": signals.who(one),
        "at": wording.moment(one["at"], zone),
        "trail": one["trail_url"],
        "records": wording.plural(len(one["positions"]), "запись", "записи", "записей"),
        "own": one["by"]["person_id"] == caller.person_id,
        "open": one["status"] == "open",
        "sign_ins": [
            f"{sign['device']}, {sign['address'] or 'адрес неизвестен'}"
            + (", впервые отсюда" if sign["new"] else "")
            for sign in one["sign_ins"]
        ],
        "reviews": [
            {
                "at": wording.moment(review["at"], zone),
                "by": wording.short_name(review["by"]["name"]) or "командная строка сервера",
                "word": HIDDEN if review["word"] is None else review["word"] or ERASED,
            }
            for review in one["reviews"]
        ],
    }


async def _choices(caller: Caller) -> dict[str, Any]:
    """What the select boxes offer."""
    year = await caller.door.rights.year()
    async with caller.reading() as (conn, schema):
        staff = await directory.people(conn, schema, kind="staff")
    return {"classes": await visible_classes(caller, year), "staff": staff}
