"""`letopis backup`: a checked copy of the whole database, and its log written down as it grows."""

from __future__ import annotations

import argparse
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.commands import leash
from api.commands.answers import GOOD, REFUSED, show_json
from api.commands.ground import database, settings_of, with_data
from api.commands.progress import shown
from projections import backups

STOPPED = (0, -signal.SIGINT, -signal.SIGTERM)


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("backup", help="резервная копия базы, проверенная")
    parser.add_argument("directory", type=Path, metavar="DIR", help="куда: на другой диск")
    with_data(parser)
    parser.add_argument("--keep", type=several, metavar="N", help="оставить столько последних")
    parser.add_argument(
        "--follow",
        action="store_true",
        help="не копия, а журнал базы, пока не остановят: из него восстанавливают на момент",
    )
    parser.add_argument("--json", action="store_true", help="для программ")
    leash.register(parser)
    parser.set_defaults(run=run)


def several(text: str) -> int:
    """A number of copies. Raises argparse.ArgumentTypeError."""
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError("нужно целое число больше нуля")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Take a copy, or follow the log until stopped."""
    leash.hold(arguments)
    directory = arguments.directory.expanduser().absolute()
    with database(settings_of(arguments)) as admin:
        if arguments.follow:
            return _follow(admin, directory)
        with backups.alone_in(directory):
            with shown("Копия базы"):
                copy = backups.take(admin, directory, datetime.now(UTC))
            gone = backups.tidy(directory, arguments.keep) if arguments.keep else []
    if arguments.json:
        heads = [{"school": h.school, "position": h.position, "root": h.root} for h in copy.heads]
        show_json({"copy": copy.name, "taken": copy.taken, "heads": heads, "removed": gone})
        return GOOD
    print(f"Копия {copy.name} в {directory}, все её файлы проверены.")
    for head in copy.heads:
        print(f"  {head.school}: записей {head.position}, корень {head.root[:16]}…")
    if gone:
        print(f"Старых копий убрано: {len(gone)}.")
    print("Секрет (файл secret или LETOPIS_SECRET) в копию не входит: храните его отдельно.")
    return GOOD


def _follow(admin: str, directory: Path) -> int:
    """Until SIGINT or SIGTERM; a signal goes on to the program that writes."""
    follower = backups.follow(admin, directory)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: follower.send_signal(signal.SIGINT))
    print(f"Журнал базы пишется в {directory / backups.WAL}. Ctrl+C — остановить.", flush=True)
    code = follower.wait()
    if code in STOPPED:
        return GOOD
    print(f"letopis backup: запись журнала прервалась ({code}).", file=sys.stderr)
    return REFUSED
