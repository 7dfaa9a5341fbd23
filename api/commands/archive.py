"""`letopis archive close|write|verify|restore`: the archive of a school year (clause 5.3)."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from api.answers import written
from api.archives import compose, noted
from api.commands.answers import GOOD, REFUSED, USAGE, show, show_json
from api.commands.ground import database, school_of, settings_of, slug, with_data, with_school
from api.commands.office import at_the_office, inside, new_request, operator_of
from api.commands.progress import shown
from api.house import Door
from domain.refusals import Invalid
from projections.archive import verify as verifier
from projections.archive.reading import signed
from projections.archive.restore import restore as restored
from projections.archive.write import Progress, Written
from projections.postgres import migrations


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("archive", help="архив учебного года: закрыть год, записать, …")
    kinds = parser.add_subparsers(required=True, metavar="ДЕЙСТВИЕ")

    closing = kinds.add_parser("close", help="сдать год в архив: дальше только пояснения по акту")
    closing.add_argument("--year", type=int, required=True, help="учебный год (по сентябрю)")
    closing.add_argument("--order", required=True, metavar="НОМЕР", help="номер приказа")
    closing.add_argument(
        "--accept-gaps", action="store_true", help="хотя не всё доделано: акт скажет, что именно"
    )
    closing.set_defaults(run=close)

    writing = kinds.add_parser("write", help="записать два файла архива и акт")
    writing.add_argument("--year", type=int, required=True, help="учебный год (по сентябрю)")
    writing.add_argument("--version", type=int, help="версия; без неё — последняя")
    writing.set_defaults(run=write)
    for one in (closing, writing):
        with_data(one)
        with_school(one)

    checking = kinds.add_parser("verify", help="проверить архив: ни базы, ни школы не нужно")
    checking.add_argument("bag", type=Path, metavar="BAG", help="файл .zip или распакованная папка")
    checking.set_defaults(run=verify)

    restoring = kinds.add_parser("restore", help="завести школу из её архивов")
    restoring.add_argument("bags", type=Path, nargs="+", metavar="BAG", help="архивы всех лет")
    restoring.add_argument("--slug", type=slug, required=True, help="имя школы в адресе")
    restoring.set_defaults(run=restore, creates=True)
    with_data(restoring)
    for one in (checking, restoring):
        one.add_argument(
            "--key", action="append", default=[], metavar="KEY", help="ключ печати, как он в акте"
        )
    checking.add_argument(
        "--note",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="печать журнала, которая хранилась не здесь",
    )
    for one in (closing, writing, checking, restoring):
        one.add_argument("--json", action="store_true", help="для программ")


def close(arguments: argparse.Namespace) -> int:
    """Archive a year, by the operator's right."""

    async def work(door: Door) -> dict[str, Any]:
        answer = door.school.archive_year(
            arguments.year,
            arguments.order,
            accept_gaps=arguments.accept_gaps,
            by=operator_of(door),
            request=new_request(),
        )
        position = (await written(answer)).position
        return {"school": door.slug, "year": arguments.year, "position": position}

    show([at_the_office(arguments, work)], as_json=arguments.json)
    return GOOD


def write(arguments: argparse.Namespace) -> int:
    """Write the files of an archived year, and their hashes into the log."""
    settings = settings_of(arguments)
    started = time.monotonic()
    with database(settings) as admin:
        migrations.migrate(admin, settings.secret)
        school = school_of(admin, arguments.school)
        with _shown() as progress:
            done = compose(settings, admin, school, arguments.year, arguments.version, progress)

        async def note(door: Door) -> int:
            return await noted(door.school, done, operator_of(door))

        position = inside(settings, admin, school.slug, note)
    if arguments.json:
        show_json(_told(done) | {"position": position})
    else:
        print(f"Записей: {done.span.facts}, до № {done.span.last}; {_seconds(started)}.")
        print(f"  {done.journal}\n    SHA-256 {done.journal_sha256}")
        print(f"  {done.people}\n    SHA-256 {done.people_sha256}")
        print(f"  {_act(done)}")
        print(f"Архив проверен; отпечатки файлов — запись журнала № {position}.")
    return GOOD


def verify(arguments: argparse.Namespace) -> int:
    """What `verify.py` of the archive says; 1 when it does not agree."""
    try:
        outside = [path.read_bytes() for path in arguments.note]
        found = verifier.check(str(arguments.bag), arguments.key, outside, signed)
    except OSError as fault:
        print(f"letopis archive verify: {fault}", file=sys.stderr)
        return USAGE
    except verifier.Wrong as fault:
        if arguments.json:
            show_json({"agrees": False, "why": str(fault)})
        else:
            print(f"НЕ СОШЛОСЬ: {fault}")
        return REFUSED
    if arguments.json:
        show_json({"agrees": True, **found._asdict()})
    else:
        own = bool(arguments.key)
        print("\n".join(verifier.in_words(found, str(arguments.bag), own_keys=own)))
    return GOOD


def restore(arguments: argparse.Namespace) -> int:
    """Lay a school out of its archives."""
    for path in arguments.bags:
        if not path.exists():
            raise Invalid("archive.unreadable", f"{path}: такого файла нет.")
    settings = settings_of(arguments)
    with database(settings) as admin, _shown() as progress:
        done = restored(
            admin, settings.secret, arguments.slug, arguments.bags, tuple(arguments.key), progress
        )
    if arguments.json:
        show_json({name: getattr(done, name) for name in done.__struct_fields__})
        return GOOD
    print(f"Школа «{done.slug}»: записей {done.facts}, печатей {done.checkpoints}.")
    print(f"Имён и текстов: {done.texts}; не было в архивах: {done.nameless}.")
    print(f"Отпечаток (корень) — тот же, что в архиве: {done.root}")
    print("Дальше: letopis user add — кто войдёт; letopis seal rotate — новый ключ печати.")
    return GOOD


@contextmanager
def _shown() -> Iterator[Progress]:
    with shown("Архив") as bar:
        yield lambda what, done, total: bar.reach(done, total, what)


def _told(done: Written) -> dict[str, Any]:
    return {
        "year": done.span.year,
        "version": done.span.version,
        "first": done.span.start + 1,
        "last": done.span.last,
        "root": done.root,
        "keys": done.keys,
        "journal": {"path": done.journal, "sha256": done.journal_sha256},
        "people": {"path": done.people, "sha256": done.people_sha256},
        "act": {"path": _act(done)},
    }


def _act(done: Written) -> Path:
    return done.journal.with_name(done.journal.name.replace("-journal.zip", "-act.pdf"))


def _seconds(started: float) -> str:
    return f"{time.monotonic() - started:.1f} с".replace(".", ",")
