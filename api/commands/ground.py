"""Where a command stands: the settings, and a database that answers."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from domain.refusals import NotFound
from projections.postgres import migrations
from projections.postgres.account import ServerError
from projections.postgres.embedded import EmbeddedServer
from projections.postgres.migrations import RegisteredSchool
from projections.postgres.settings import Settings
from projections.postgres.upkeep import require


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Settings from the environment; the command line wins. Raises SettingsError, ServerError.

    Only a command that says so (`creates`) may begin a new data directory.
    """
    environ = dict(os.environ)
    for option, name in (
        ("data", "LETOPIS_DATA_DIR"),
        ("host", "LETOPIS_HOST"),
        ("port", "LETOPIS_PORT"),
    ):
        if (value := getattr(arguments, option, None)) is not None:
            environ[name] = str(value)
    if not getattr(arguments, "creates", False):
        _refuse_nowhere(environ)
    return Settings.from_env(environ)


def _refuse_nowhere(environ: Mapping[str, str]) -> None:
    """A mistyped `--data` must not become a new, empty database. Raises ServerError."""
    if "DATABASE_URL" in environ or "DATABASE_URL_FILE" in environ:
        return
    data = Path(environ.get("LETOPIS_DATA_DIR", "./.data")).expanduser().absolute()
    if not data.exists():
        message = f"Каталога данных {data} нет. Новую базу заводят letopis up и letopis migrate."
        raise ServerError(message)


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The administrator's connection string: `DATABASE_URL`, or the embedded server's.

    The embedded server is the one that `letopis up` runs, or one of our own for the while.
    """
    if settings.database_url is not None:
        require(settings.database_url)
        yield settings.database_url
        return
    with EmbeddedServer(Path(settings.data_dir), secret=settings.secret) as server:
        yield server.url()


def with_data(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """`--data DIR` of the commands that need a database.

    default: SUPPRESS for an action of a command that takes it as well.
    """
    parser.add_argument(
        "--data", metavar="DIR", default=default, help="каталог данных встроенной базы"
    )


def with_school(parser: argparse.ArgumentParser) -> None:
    """`--school SLUG`: needed where there are several."""
    parser.add_argument("--school", metavar="SLUG", help="школа, если их несколько")


def school_of(admin: str, slug: str | None) -> RegisteredSchool:
    """The school that was named, or the only one. Raises NotFound."""
    found = [one for one in migrations.schools(admin) if slug in (None, one.slug)]
    if len(found) == 1:
        return found[0]
    if slug is not None:
        raise NotFound("school.unknown", f"Школы «{slug}» здесь нет.")
    raise NotFound(
        "school.which",
        "Школа не одна: назовите её в --school."
        if found
        else "Школ пока нет: заведите её командой letopis school add.",
    )


def slug(text: str) -> str:
    """The name of a school in addresses and of its schema. Raises argparse.ArgumentTypeError."""
    if not migrations.SLUG.match(text):
        message = "латинские строчные буквы, цифры и «_», первая — буква, до 40 знаков"
        raise argparse.ArgumentTypeError(message)
    return text
