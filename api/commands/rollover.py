"""`letopis rollover YEAR`: the plan of the next school year, then that very plan carried out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from api import rollover as shared
from api.commands.answers import GOOD, REFUSED, USAGE, show_json
from api.commands.ground import with_data, with_school
from api.commands.office import at_the_office, new_request, operator_of
from api.errors import sentence
from api.house import Door
from api.v1.calendars import CalendarIn
from domain.office.rollover_plan import Wishes
from projections import directory


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser(
        "rollover", help="перейти на следующий учебный год: классы, списки, назначения, КТП"
    )
    parser.add_argument("year", metavar="YEAR", type=int, help="год, который кончается (сентябрь)")
    parser.add_argument("--dry-run", action="store_true", help="показать план и ничего не писать")
    parser.add_argument("--plan-hash", metavar="HASH", help="записать, только если план тот самый")
    parser.add_argument("--order", default="", metavar="№", help="приказ о переводе: номер")
    parser.add_argument("--order-date", type=date.fromisoformat, metavar="ГГГГ-ММ-ДД")
    parser.add_argument(
        "--carry", action="append", default=[], metavar="КЛАСС", help="этот 9 класс идёт в 10"
    )
    parser.add_argument(
        "--end", action="append", default=[], metavar="КЛАСС", help="этот класс не переводится"
    )
    parser.add_argument(
        "--undecided", action="store_true", help="переводить и без решения педсовета"
    )
    parser.add_argument("--calendar", type=Path, metavar="FILE", help="календарь JSON (как в API)")
    parser.add_argument("--json", action="store_true", help="для программ")
    with_school(parser)
    with_data(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Plan, show, and without --dry-run carry out."""
    calendar = None
    if arguments.calendar is not None:
        try:
            told = CalendarIn.model_validate_json(arguments.calendar.read_bytes())
        except OSError as fault:
            print(f"letopis rollover: {fault}", file=sys.stderr)
            return USAGE
        except ValidationError as fault:
            for error in fault.errors():
                print(f"letopis rollover: {sentence(error)}", file=sys.stderr)
            return USAGE
        calendar = told.of(arguments.year + 1)

    async def work(door: Door) -> dict[str, Any]:
        async with door.reading() as (conn, schema):
            known = await directory.classes(conn, schema, arguments.year, door.rights.today())
            letters = {one["class_id"]: one["letter"] for one in _named(known, arguments.carry)}
            letters |= {one["class_id"]: "" for one in _named(known, arguments.end)}
            wishes = Wishes(
                calendar, letters, arguments.undecided, arguments.order, arguments.order_date
            )
            plan = await shared.planned(conn, door, arguments.year, wishes)
            found = await shared.as_json(conn, door, plan)
            lessons = await shared.lessons_of(conn, door, plan)
        if arguments.dry_run:
            return found | {"committed": None}
        shared.require(plan, wishes, arguments.plan_hash or plan.hash)
        done = await shared.carry_out(
            door, plan, lessons, by=operator_of(door), request=new_request()
        )
        return found | {"committed": done._asdict()}

    found = at_the_office(arguments, work)
    if arguments.json:
        show_json(found)
    else:
        print("\n".join(_as_text(found)))
    return REFUSED if found["committed"] and found["committed"]["refused"] else GOOD


def _named(known: list[dict[str, Any]], names: list[str]) -> list[dict[str, Any]]:
    wanted = {name.strip().lower() for name in names}
    return [one for one in known if one["name"].lower() in wanted]


def _as_text(found: dict[str, Any]) -> Iterator[str]:
    year = found["year"]
    yield f"{year}/{year + 1} учебный год" + (" (уже открыт)" if found["opened"] else "")
    for one in found["classes"]:
        into = f"→ {one['into']}" if one["into"] else "не переводится"
        told = [
            f"{words} {one[key]}"
            for key, words in (
                ("going", "идут"),
                ("conditional", "из них условно"),
                ("retained", "остаются"),
                ("leaving", "выпускаются"),
                ("waiting", "ждут решения"),
                ("there", "уже в новом году"),
            )
            if one[key]
        ]
        yield f"  {one['name']} {into}: {', '.join(told) or 'учеников нет'}"
    if found["issues"]:
        yield f"Не переносится ({len(found['issues'])}):"
        for issue in found["issues"]:
            yield f"  {issue['text']}" + (f" — {issue['name']}" if issue["name"] else "")
    yield f"План {found['hash']}"
    yield from (f"  {words}: {count}" for words, count in found["counts"].items())
    done = found["committed"]
    if done is None:
        yield "Ничего не записано. Записать именно этот план: --plan-hash " + found["hash"]
    else:
        yield f"Записано: {done['facts']}."
        yield from (f"  Отказ: {one}" for one in done["refused"])
