"""A page of the journal as of any moment: the strip of its moments and the step that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from api.pages import wording
from api.pages.opening import Opened
from api.pages.register import sheet
from api.pages.trail import KINDS, sentence

WIDTH = 1_000  # units of the strip
SHORT, TALL = 8, 20  # heights of an entry's tick and of a correction's: colour never speaks alone
LINES = 6  # of what one moment changed

#: what a moment is called: the words of the trail's filter, and what it does not offer
LABELS = dict(KINDS) | {
    "lessons-scheduled": "уроки по расписанию",
    "lesson-added": "урок вне расписания",
    "lesson-moved": "перенос урока",
    "lesson-cancelled": "отмена урока",
    "lessons-withdrawn": "новое расписание",
    "room-changed": "другой кабинет",
}


class Moment(NamedTuple):
    """A moment at which the page changed; `at` is ISO 8601, `fixed` says that something that
    stood there was replaced.
    """

    at: str
    words: str
    fixed: bool
    position: int


def moments_of(found: Sequence[dict[str, Any]], zone: str) -> list[Moment]:
    """Of `trail.moments` (the newest first): one for each moment, in order of time."""
    moments = []
    for at, group in groupby(reversed(found), key=lambda one: one["at"]):
        facts = list(group)
        first = next((one for one in facts if one["corrections"]), facts[0])
        who = wording.short_name(wording.name_of(first["by"])) or "система"
        what = LABELS.get(first["kind"], "запись")
        more = f" и ещё {len(facts) - 1}" if len(facts) > 1 else ""
        words = f"{wording.moment_to_the_second(at, zone)} — {what}{more}, {who}"
        fixed = any(one["corrections"] for one in facts)
        moments.append(Moment(at, words, fixed, facts[-1]["position"]))
    return moments


def reached(moments: Sequence[Moment], moment: datetime | None) -> int:
    """How many of the moments have come by an aware moment; all of them by now (None)."""
    if moment is None:
        return len(moments)
    return sum(datetime.fromisoformat(one.at) <= moment for one in moments)


def past_page(
    opened: Opened,
    moments: Sequence[Moment],
    entries: Sequence[dict[str, Any]],
    moment: datetime | None,
    *,
    now: datetime,
    zone: str,
) -> dict[str, Any]:
    """What templates/audit/past.html shows besides the head of the page.

    `entries` is what the last of the moments that have come has changed.
    """
    step = reached(moments, moment)
    last = moments[step - 1] if step else None
    fixes = [number for number, one in enumerate(moments, 1) if one.fixed]
    shown = moment or now
    at = "" if moment is None else moment.isoformat()
    drawn = sheet(opened.shown, today="")
    light(drawn["rows"], opened.shown, entries)
    return {
        **drawn,
        "step": step,
        "steps": [(one.at, one.words, one.fixed) for one in moments],
        "strip": strip(moments),
        "fixes": wording.plural(len(fixes), "исправление", "исправления", "исправлений"),
        "entered": wording.plural(len(moments), "изменение", "изменения", "изменений"),
        "live": moment is None,
        "when": wording.moment_to_the_second(shown, zone),
        "as_of_local": f"{wording.local(shown, zone):%Y-%m-%dT%H:%M}",
        "position": wording.grouped(opened.shown["as_of"]["position"]),
        "last": last and last.words,
        "told": [sentence(one | {"class": None, "subject": None}, zone) for one in entries[:LINES]],
        "untold": max(0, len(entries) - LINES),
        "links": [
            ("fix-back", "‹ исправление", _near(opened, moments, fixes, step, -1)),
            ("back", "‹ изменение", _url(opened, moments, step - 1)),
            ("on", "изменение ›", _url(opened, moments, step + 1)),
            ("fix-on", "исправление ›", _near(opened, moments, fixes, step, 1)),
        ],
        "now_url": opened.url("past"),
        "compare_url": opened.url("difference", **({"from": at} if at else {})),
        "statement_url": opened.url("statement", **({"as_of": at} if at else {})),
        "register_url": opened.url("register"),
    }


def light(rows: list[dict[str, Any]], register: dict[str, Any], entries: Any) -> None:
    """Light the cells of the drawn rows that the entries (lines of the trail) are about."""
    columns = {one["lesson_id"]: place for place, one in enumerate(register["lessons"])}
    by_pupil = {row["pupil_id"]: row for row in rows}
    for one in entries:
        row = by_pupil.get((one["pupil"] or {}).get("pupil_id"))
        column = columns.get(one["lesson_id"])
        if row is not None and column is not None:
            cell = row["cells"][column]
            if " lit" not in cell["css"]:
                cell["css"] += " lit"
                cell["description"] = ", ".join(filter(None, (cell["description"], "изменено")))


def strip(moments: Sequence[Moment]) -> dict[str, Any]:
    """`{entries, fixes, months[{x, name}]}`: two SVG paths in a box of 1000 × 20 and where the
    months begin (per cent). Ticks stand at equal steps, as the slider's do, not by the clock.
    """
    count = max(1, len(moments))
    ticks: dict[bool, list[str]] = {False: [], True: []}
    months: list[dict[str, Any]] = []
    for number, one in enumerate(moments, 1):
        x = round(number / count * WIDTH, 1)
        ticks[one.fixed].append(f"M{x:g} {TALL}v-{TALL if one.fixed else SHORT}")
        month = int(one.at[5:7])
        if not months or months[-1]["month"] != month:
            months.append({"month": month, "x": x / WIDTH * 100, "name": wording.MONTHS[month - 1]})
    apart = [one for place, one in enumerate(months) if _apart(months, place)]
    return {"entries": "".join(ticks[False]), "fixes": "".join(ticks[True]), "months": apart}


def _apart(months: list[dict[str, Any]], place: int) -> bool:
    """There is room for the name before the next month begins."""
    following = months[place + 1]["x"] if place + 1 < len(months) else 100
    return bool(following - months[place]["x"] > 7)  # noqa: PLR2004 - per cent of the strip


def _url(opened: Opened, moments: Sequence[Moment], step: int) -> str:
    """The address of a step; step 0 is just before the first moment. Empty where none is."""
    if not moments or not 0 <= step <= len(moments):
        return ""
    return opened.url("past", as_of=moments[step - 1].at if step else _before(moments[0].at))


def _before(at: str) -> str:
    """The end of the second before a moment."""
    whole = datetime.fromisoformat(at).replace(microsecond=0)
    return datetime.fromtimestamp(whole.timestamp() - 1, whole.tzinfo).isoformat()


def _near(
    opened: Opened, moments: Sequence[Moment], fixes: Sequence[int], step: int, way: int
) -> str:
    """The address of the nearest correction before or after a step."""
    found = [one for one in fixes if (one - step) * way > 0]
    return _url(opened, moments, found[0 if way > 0 else -1]) if found else ""
