"""`letopis restore`: a copy brought back into a new directory, or only to see that it would be."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.commands.answers import GOOD, REFUSED, show_json
from api.commands.ground import settings_of
from api.commands.progress import shown
from api.findings import FINDINGS
from domain.refusals import Invalid
from projections import backups
from projections.postgres.migrations import RegisteredSchool
from projections.postgres.settings import Settings
from projections.verification import Report

#: what did not come back at all
CAME_BACK = {
    "absent": "школы нет",
    "shorter": "дерево журнала короче, чем было при копировании",
    "other": "журнал не тот, что был при копировании",
}


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("restore", help="база из резервной копии, на любой момент")
    parser.add_argument("directory", type=Path, metavar="DIR", help="где копии")
    parser.add_argument("--data", metavar="NEW", help="новый каталог данных")
    parser.add_argument("--at", type=moment, metavar="МОМЕНТ", help="2026-11-30T14:05+03:00")
    parser.add_argument("--copy", metavar="ИМЯ", help="какая копия; без него — самая новая")
    parser.add_argument(
        "--drill", action="store_true", help="учение: восстановить в сторону, проверить, убрать"
    )
    parser.add_argument("--json", action="store_true", help="для программ")
    parser.set_defaults(run=run, creates=True)


def moment(text: str) -> datetime:
    """A moment with its offset. Raises argparse.ArgumentTypeError."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise argparse.ArgumentTypeError("нужен момент со смещением: 2026-11-30T14:05+03:00")
    return at.astimezone(UTC)


def run(arguments: argparse.Namespace) -> int:
    """Restore, then hold what came back against the paper of the copy and against its seals."""
    with _target(arguments) as data_dir:
        settings = _settings(arguments, data_dir)
        directory = arguments.directory.expanduser().absolute()
        with backups.restored(
            directory,
            data_dir,
            settings.secret,
            at=arguments.at,
            name=arguments.copy,
            for_good=not arguments.drill,
        ) as (server, copy):
            backups.settle(server.url(), settings.secret)
            seals = None if arguments.drill else settings.seals  # the living journal has gone on
            findings = list(_findings(settings, server.url(), copy, seals))
            heads = backups.heads(server.url())
    if arguments.json:
        shown = [{"school": h.school, "position": h.position, "root": h.root} for h in heads]
        show_json({"copy": copy.name, "heads": shown, "findings": findings})
    else:
        print(f"Восстановлено из копии {copy.name}.")
        for head in heads:
            print(f"  {head.school}: записей {head.position}, корень {head.root[:16]}…")
        for finding in findings:
            print(f"✗ {finding}")
        if not findings:
            print("Всё, что обещала копия, на месте; журналы выведены заново и сошлись с печатями.")
        if not arguments.drill and not findings:
            print(f"Дальше: letopis up --data {data_dir}")
    return REFUSED if findings else GOOD


def _findings(
    settings: Settings, admin: str, copy: backups.Copy, seals: Path | None
) -> Iterator[str]:
    def derived(admin: str, school: RegisteredSchool) -> Report:
        with shown(f"Проверка журнала {school.slug}") as advance:
            return backups.derived(admin, settings.secret, school, seals, advance)

    known: dict[str, str] = {str(kind): words for kind, words in FINDINGS.items()}
    for one in backups.findings(admin, settings.secret, copy, derived):
        words = CAME_BACK.get(one.kind) or f"{known[one.kind]} — {one.place}"
        yield f"{one.school}: {words}"


@contextmanager
def _target(arguments: argparse.Namespace) -> Iterator[Path]:
    """The new data directory; of a drill one that is removed, wherever its files had to go."""
    if not arguments.drill:
        if arguments.data is None:
            raise Invalid("restore.where", "Назовите новый каталог данных: --data NEW.")
        yield Path(arguments.data).expanduser().absolute()
        return
    with backups.aside() as directory:
        yield directory


def _settings(arguments: argparse.Namespace, data_dir: Path) -> Settings:
    """Ours, with the secret of the installation that was copied. Raises Invalid without one.

    A drill is held beside a living installation, whose secret `--data` leads to.
    """
    kept = Path(arguments.data).expanduser() if arguments.data else data_dir
    known = {"LETOPIS_SECRET", "LETOPIS_SECRET_FILE"} & os.environ.keys()
    if not known and not (kept / "secret").exists():
        raise Invalid(
            "restore.secret",
            f"Нужен секрет прежней установки: положите её файл secret в {kept} "
            "или задайте LETOPIS_SECRET.",
        )
    return settings_of(arguments)
