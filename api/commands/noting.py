"""A check from the command line is noted in the log, like any other."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from uuid import uuid4

from api.answers import written
from api.commands.office import inside, new_request, operator_of
from api.house import Door
from domain.audit.facts import CheckCompleted, CheckKind, CheckRequested
from projections.folding import catch_up
from projections.postgres.database import PROJECTOR, conninfo, open_pool
from projections.postgres.migrations import RegisteredSchool
from projections.postgres.settings import Settings


def with_record(parser: argparse.ArgumentParser) -> None:
    """`--no-record` of the commands that check."""
    parser.add_argument(
        "--no-record",
        dest="record",
        action="store_false",
        help="только посмотреть: не записывать в журнал, что проверка была и что нашла",
    )


def a_check(
    kind: CheckKind, year: int | None = None, until: datetime | None = None
) -> CheckRequested:
    """A check that is asked for here and now."""
    return CheckRequested(str(uuid4()), kind, year, until and until.astimezone(UTC))


def note(
    settings: Settings, admin: str, school: RegisteredSchool, done: CheckCompleted
) -> int | None:
    """Write down what a check has found; answers the position.

    A database that cannot be written is told on stderr, and None: what was found is found.
    """

    async def write(door: Door) -> int:
        answer = door.school.complete_check(done, by=operator_of(door), request=new_request())
        return (await written(answer)).position

    position = None
    try:
        position = inside(settings, admin, school.slug, write)
        _fold(settings, admin, school)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the report comes first
        what = "итог проверки не записан в журнал" if position is None else "записи не сложить"
        why = getattr(fault, "message", None) or str(fault).strip().partition("\n")[0]
        print(f"letopis: {what}: {why}", file=sys.stderr)
    return position


def _fold(settings: Settings, admin: str, school: RegisteredSchool) -> None:
    """Where no projector runs, the tree must not fall behind by the note itself."""
    pool = open_pool(conninfo(admin, PROJECTOR, settings.secret), max_size=1)
    try:
        with pool.connection() as conn:
            catch_up(conn, school.schema)
    finally:
        pool.close()
