"""`letopis school export|bring|release|open|reopen`: a school moves to another server."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from api.commands.answers import GOOD, show_json
from api.commands.ground import database, settings_of, slug, with_data
from api.commands.progress import shown
from domain.refusals import Invalid
from projections import moving


def register(kinds: Any) -> None:
    """The actions of a move, in their order."""
    export = kinds.add_parser("export", help="переезд 1: закрыть школу и выгрузить её в каталог")
    export.set_defaults(run=run_export)
    bring = kinds.add_parser("bring", help="переезд 2, на новом сервере: принять и проверить")
    bring.add_argument(
        "--opener-file", type=Path, metavar="FILE", help="файл секрета прежнего сервера"
    )
    bring.set_defaults(run=run_bring, creates=True)
    release = kinds.add_parser("release", help="переезд 3, на прежнем: отдать школу навсегда")
    release.add_argument(
        "--to", required=True, type=origin, metavar="URL", help="адрес журнала на новом сервере"
    )
    release.set_defaults(run=run_release)
    opening = kinds.add_parser("open", help="переезд 4, на новом: открыть школу")
    opening.add_argument(
        "--source-is-lost", action="store_true", help="прежнего сервера больше нет, отдать некому"
    )
    opening.set_defaults(run=run_open)
    reopen = kinds.add_parser("reopen", help="переезд отменён: открыть школу на прежнем месте")
    reopen.set_defaults(run=run_reopen)
    for one in (export, release, reopen):
        one.add_argument("slug", metavar="SLUG", type=slug, help="какая школа")
    for one in (export, bring, release, opening):
        one.add_argument("directory", metavar="DIR", type=Path, help="каталог переезда")
    for one in (export, bring, release, opening, reopen):
        with_data(one)
        one.add_argument("--json", action="store_true", help="для программ")


def origin(text: str) -> str:
    """`https://…` without a path. Raises argparse.ArgumentTypeError."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or f"{parts.scheme}://{parts.netloc}" != text:
        raise argparse.ArgumentTypeError("нужен адрес вида https://journal.school.ru")
    return text


def run_export(arguments: argparse.Namespace) -> int:
    """Close and write out."""
    settings = settings_of(arguments)
    with database(settings) as admin, shown("Выгрузка школы"):
        paper = moving.export(admin, settings.secret, arguments.slug, _directory(arguments))
    return _told(
        arguments,
        {"school": paper.slug, "position": paper.head.position, "root": paper.head.root},
        f"Школа {paper.slug} закрыта и выгружена: записей {paper.head.position}, "
        f"корень {paper.head.root[:16]}….",
        "Дальше на новом сервере: letopis school bring DIR. Отменить: letopis school reopen "
        f"{paper.slug}.",
    )


def run_bring(arguments: argparse.Namespace) -> int:
    """Lay and verify."""
    settings = settings_of(arguments)
    with database(settings) as admin, shown("Приём и проверка школы"):
        brought = moving.bring(
            admin, settings.secret, _directory(arguments), _opener(arguments), datetime.now(UTC)
        )
    return _told(
        arguments,
        {"school": brought.head.school, "position": brought.head.position, "rows": brought.rows},
        f"Школа {brought.head.school} принята закрытой: записей {brought.head.position}, "
        f"корень {brought.head.root[:16]}… — те же. Журнал сошёлся с печатями, строк показов "
        f"сверено: {brought.rows}.",
        "Дальше на прежнем сервере: letopis school release, с файлом brought.json в каталоге.",
    )


def run_release(arguments: argparse.Namespace) -> int:
    """Give away."""
    settings = settings_of(arguments)
    with database(settings) as admin:
        released = moving.release(
            admin, arguments.slug, _directory(arguments), arguments.to, datetime.now(UTC)
        )
    return _told(
        arguments,
        {"school": arguments.slug, "to": released.to},
        f"Школа {arguments.slug} отдана: отсюда людей ведут на {released.to}.",
        "Дальше на новом сервере: letopis school open, с файлом released.json в каталоге.",
    )


def run_open(arguments: argparse.Namespace) -> int:
    """Open where it was brought to."""
    settings = settings_of(arguments)
    with database(settings) as admin:
        paper = moving.opened(admin, _directory(arguments), lost=arguments.source_is_lost)
    return _told(
        arguments,
        {"school": paper.slug},
        f"Школа {paper.slug} открыта здесь.",
        "Ключи печати и архивы переносят файлами: docs/moving.md.",
    )


def run_reopen(arguments: argparse.Namespace) -> int:
    """Call the move off."""
    settings = settings_of(arguments)
    with database(settings) as admin:
        moving.reopened(admin, arguments.slug)
    return _told(arguments, {"school": arguments.slug}, f"Школа {arguments.slug} снова открыта.")


def _directory(arguments: argparse.Namespace) -> Path:
    directory: Path = arguments.directory.expanduser().absolute()
    return directory


def _opener(arguments: argparse.Namespace) -> str | None:
    if arguments.opener_file is None:
        return None
    try:
        return str(arguments.opener_file.read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError) as fault:
        raise Invalid("move.opener", f"Не читается {arguments.opener_file}: {fault}.") from None


def _told(arguments: argparse.Namespace, value: dict[str, Any], *lines: str) -> int:
    if arguments.json:
        show_json(value)
    else:
        print(*lines, sep="\n")
    return GOOD
