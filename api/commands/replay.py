"""`letopis replay`: fold the facts again and compare with what is shown, row by row."""

from __future__ import annotations

import argparse
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from api.commands.answers import GOOD, REFUSED, show_json
from api.commands.ground import database, school_of, settings_of, with_data, with_school
from api.commands.noting import a_check, note, with_record
from api.commands.progress import shown
from domain.refusals import Conflict, Invalid, NotFound
from projections.archive.replay import replay_bag
from projections.checks import last_position, replayed
from projections.postgres import migrations
from projections.postgres.database import PROJECTOR, conninfo, open_pool
from projections.replay import Report, replay
from projections.tree import Gap

WHAT = {"missing": "не хватает", "extra": "лишняя", "changed": "другая"}


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser(
        "replay", help="сложить записи заново и сравнить с показываемым, строка за строкой"
    )
    with_data(parser)
    with_school(parser)
    parser.add_argument("--year", type=int, help="только классы учебного года (по сентябрю)")
    parser.add_argument(
        "--as-of",
        type=moment,
        metavar="MOMENT",
        help="на прошлый момент, например 2026-09-10T12:00:00+03:00",
    )
    parser.add_argument(
        "--from",
        dest="bag",
        type=Path,
        metavar="BAG",
        help="архив журнала: сложить его записи и сравнить с его ведомостями; база не нужна",
    )
    with_record(parser)
    parser.add_argument("--json", action="store_true", help="для программ")
    parser.set_defaults(run=run)


def moment(text: str) -> datetime:
    """A moment with its offset. Raises argparse.ArgumentTypeError."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = datetime.min  # noqa: DTZ901 - only to be refused below
    if read.tzinfo is None:
        message = "нужен момент с часовым поясом, например 2026-09-10T12:00:00+03:00"
        raise argparse.ArgumentTypeError(message)
    return read


def run(arguments: argparse.Namespace) -> int:
    """Replay and compare; 1 on any difference."""
    if arguments.bag is not None:
        return _of_a_bag(arguments)
    settings = settings_of(arguments)
    started = time.monotonic()
    with database(settings) as admin:
        migrations.migrate(admin, settings.secret)
        school = school_of(admin, arguments.school)
        pool = open_pool(conninfo(admin, PROJECTOR, settings.secret), max_size=1)
        try:
            with (
                pool.connection() as conn,
                shown("Воспроизведение", last_position(conn, school.schema)) as advance,
            ):
                report = replay(
                    conn, school.schema, arguments.year, arguments.as_of, progress=advance
                )
        except Gap as fault:
            raise Conflict(
                "log.gap", f"В журнале пропала запись ({fault}): letopis verify."
            ) from fault
        except LookupError as fault:
            raise NotFound("replay.nothing", f"Сравнивать нечего: {fault}.") from fault
        finally:
            pool.close()
        seconds = time.monotonic() - started
        recorded = None
        if arguments.record:
            wanted = a_check("replay", arguments.year, arguments.as_of)
            recorded = note(settings, admin, school, replayed(wanted, report))
    if arguments.json:
        show_json({"school": school.slug, **msgspec.to_builtins(report), "recorded": recorded})
    else:
        print("\n".join(in_words(report, seconds)))
    return REFUSED if report.differing else GOOD


def _of_a_bag(arguments: argparse.Namespace) -> int:
    """The archive alone. Raises Invalid."""
    if arguments.year is not None or arguments.as_of is not None:
        raise Invalid("replay.from_alone", "С --from не нужны --year и --as-of: архив — один год.")
    done = replay_bag(arguments.bag)
    if arguments.json:
        show_json(msgspec.to_builtins(done))
    else:
        told = done.about
        print(f"Архив журнала {told.year} года, версия {told.version}: сложено {done.facts}")
        print(f"Отпечаток (корень) {told.last} записей: {done.root}")
        if done.differing:
            print("Не то, что следует из записей:", *done.differing, sep="\n  ")
        else:
            print(f"Ведомостей {done.sheets}: каждая — байт в байт та, что следует из записей.")
    return REFUSED if done.differing else GOOD


def in_words(report: Report, seconds: float) -> list[str]:
    """The report for a person."""
    done = f"Сложено записей: {report.facts}, до позиции {report.position}"
    lines = [f"{done}; сравнено строк: {report.rows}; {seconds:.1f} с."]
    if report.skipped:
        lines.append(f"Не сравнивались: {', '.join(report.skipped)}.")
    if not report.differing:
        return [*lines, "Всё сошлось, строка за строкой."]
    lines.append(f"Не сошлось строк: {report.differing}. Первые:")
    for one in report.differences:
        key = ", ".join(f"{name}={value}" for name, value in one.key.items())
        lines.append(f"  {one.table}: {WHAT[one.what]} ({key})")
    return lines
