"""`letopis school add|list|year`: one schema per school; and the steps of a move: moving.py."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from api.answers import written
from api.commands import moving
from api.commands.answers import GOOD, USAGE, show
from api.commands.ground import database, settings_of, slug, with_data, with_school
from api.commands.office import at_the_office, new_request, operator_of
from api.demo.year import bells, school_calendar
from api.errors import sentence
from api.house import Door
from api.v1.years import YearIn
from domain.office.facts import YearOpened
from domain.regulation import Regulation
from projections.postgres import migrations


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("school", help="школы этой установки")
    kinds = parser.add_subparsers(required=True, metavar="ДЕЙСТВИЕ")
    adding = kinds.add_parser("add", help="завести школу")
    adding.add_argument("slug", metavar="SLUG", type=slug, help="латиницей, он же имя в адресе")
    adding.add_argument("--name", required=True, help="как школа называется")
    adding.add_argument("--zone", type=zone, default="Europe/Moscow", help="часовой пояс IANA")
    adding.set_defaults(run=add, creates=True)
    listing = kinds.add_parser("list", help="какие школы есть")
    listing.set_defaults(run=list_all)
    opening = kinds.add_parser("year", help="открыть учебный год по файлу JSON (как POST /years)")
    opening.add_argument(
        "file", metavar="FILE", nargs="?", type=Path, help="календарь, звонки, сотрудники …"
    )
    opening.add_argument(
        "--typical", metavar="YEAR", type=int, help="вместо файла: обычный год из четырёх четвертей"
    )
    with_school(opening)
    opening.set_defaults(run=open_year)
    moving.register(kinds)
    for one in (adding, listing, opening):
        with_data(one)
        one.add_argument("--json", action="store_true", help="для программ")


def zone(text: str) -> str:
    """An IANA zone. Raises argparse.ArgumentTypeError."""
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError):
        message = f"нет часового пояса «{text}»; пример: Europe/Moscow"
        raise argparse.ArgumentTypeError(message) from None


def add(arguments: argparse.Namespace) -> int:
    """Add a school."""
    settings = settings_of(arguments)
    with database(settings) as admin:
        added = migrations.add_school(
            admin, settings.secret, arguments.slug, arguments.name, arguments.zone, str(uuid4())
        )
    show([_row(added)], as_json=arguments.json)
    return GOOD


def list_all(arguments: argparse.Namespace) -> int:
    """List the schools."""
    settings = settings_of(arguments)
    with database(settings) as admin:
        migrations.migrate(admin, settings.secret)
        found = migrations.schools(admin)
    show([_row(one) for one in found], as_json=arguments.json, empty="Школ пока нет.")
    return GOOD


def open_year(arguments: argparse.Namespace) -> int:
    """Open a school year: before anybody holds an office in it, the operator does."""
    if (arguments.file is None) == (arguments.typical is None):
        print("letopis school year: нужен файл или --typical ГОД", file=sys.stderr)
        return USAGE
    try:
        told = None if arguments.file is None else arguments.file.read_bytes()
        year = None if told is None else YearIn.model_validate_json(told)
    except OSError as fault:
        print(f"letopis school year: {fault}", file=sys.stderr)
        return USAGE
    except ValidationError as fault:
        for error in fault.errors():
            print(f"letopis school year: {sentence(error)}", file=sys.stderr)
        return USAGE

    async def work(door: Door) -> dict[str, Any]:
        new = year.of(door.school_id) if year else typical(door, arguments.typical)
        answer = door.school.open_year(new, by=operator_of(door), request=new_request())
        position = (await written(answer)).position
        return {"school": door.slug, "year": new.calendar.year, "position": position}

    show([at_the_office(arguments, work)], as_json=arguments.json)
    return GOOD


def typical(door: Door, year: int) -> YearOpened:
    """A usual Russian year with nothing in it yet: people correct it on the page of the year."""
    calendar = school_calendar(year)
    return YearOpened(door.school_id, door.zone, calendar, bells(), Regulation())


def _standing(school: migrations.RegisteredSchool) -> str:
    if school.moved_to is not None:
        return f"отдана: {school.moved_to}"
    return "закрыта: переезжает" if school.move is not None else "да"


def _row(school: migrations.RegisteredSchool) -> dict[str, str]:
    return {
        "slug": school.slug,
        "name": school.name,
        "zone": school.zone,
        "school_id": school.school_id,
        "open": _standing(school),
    }
