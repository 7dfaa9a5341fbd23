"""`letopis import KIND FILE`: lists, marks and public gradebooks, from the command line."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec

from api.commands.answers import GOOD, REFUSED, USAGE, show_json
from api.commands.ground import database, settings_of, with_data
from api.commands.progress import shown
from api.imports.describe import counts, sentences
from api.imports.desk import COLUMNS, KINDS, Desk, FileKind, Imported, Prepared, commit, prepare
from api.imports.findings import SHOWN
from api.imports.layout import Layout
from api.imports.public import PUBLIC_KINDS, prepare_public, read_public
from api.imports.tables import title_key
from domain.access import Actor
from domain.engine import Engine
from domain.people.facts import Name
from domain.refusals import Invalid, NotFound
from domain.values import Origin
from projections.import_columns import assigned_now
from projections.postgres import migrations
from projections.postgres.bell import Bell
from projections.postgres.database import (
    APP,
    PROJECTOR,
    READER,
    WRITER,
    conninfo,
    open_pool,
    schema_of,
)
from projections.postgres.log import SchoolLog
from projections.postgres.migrations import RegisteredSchool
from projections.vault_names import vault_names

_LINES = 40  # operations of a plan shown to a person; programs get all of them


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser(
        "import", help="загрузить списки классов, сотрудников, отметки (.xlsx, .csv)"
    )
    parser.add_argument("kind", metavar="KIND", choices=[*KINDS, *PUBLIC_KINDS])
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="таблица .xlsx или .csv")
    parser.add_argument("--dry-run", action="store_true", help="показать план и ничего не писать")
    parser.add_argument("--plan-hash", metavar="HASH", help="записать, только если план тот самый")
    parser.add_argument("--school", metavar="SLUG", help="школа, если их несколько")
    parser.add_argument("--year", type=int, help="учебный год по его сентябрю")
    parser.add_argument(
        "--create-lessons",
        action="store_true",
        help="отметки без урока в расписании: завести урок (переезд из другого журнала)",
    )
    parser.add_argument(
        "--column",
        metavar="'ЗАГОЛОВОК=СТОЛБЕЦ'",
        action="append",
        default=[],
        help="что в чужом столбце: 'Учащийся (полностью)=ФИО'; пусто — не читать",
    )
    parser.add_argument(
        "--always",
        metavar="'СТОЛБЕЦ=ЗНАЧЕНИЕ'",
        action="append",
        default=[],
        help="одно и то же во всех строках: 'Класс=7а'",
    )
    parser.add_argument("--json", action="store_true", help="для программ")
    with_data(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Plan, show, and without --dry-run commit. 1 when the file has errors."""
    source, public = arguments.file, arguments.kind in PUBLIC_KINDS
    if public and source is None and arguments.data is not None:
        source, arguments.data = Path(arguments.data), None  # --data is the data set's folder
    if source is None or not (source.is_dir() if public else source.is_file()):
        what = "каталога с данными" if public else "файла"
        print(f"letopis import: нет {what} «{source or ''}»", file=sys.stderr)
        return USAGE
    with ExitStack() as stack:
        settings = settings_of(arguments)
        admin = stack.enter_context(database(settings))
        migrations.migrate(admin, settings.secret)
        school = _school(admin, arguments.school)
        office = stack.enter_context(_opened(admin, settings.secret, school))
        prepared = _prepare(office, school, source, arguments)
        imported = None
        if not prepared.errors and not arguments.dry_run:
            with shown("Запись") as bar:
                imported = commit(
                    prepared,
                    office.engine(),
                    by=office.by,
                    plan_hash=arguments.plan_hash,
                    progress=lambda done, parts, facts: bar.reach(done, parts, f"записей: {facts}"),
                )
    if arguments.json:
        show_json(_as_json(prepared, imported, dry_run=arguments.dry_run))
    else:
        print("\n".join(_as_text(prepared, imported, source, dry_run=arguments.dry_run)))
    return REFUSED if prepared.errors else GOOD


class _Office(NamedTuple):
    """An open desk; the engine starts only when something is to be committed."""

    desk: Desk
    by: Actor
    engine: Callable[[], Engine]
    columns: Callable[[str], dict[str, str]]


@contextmanager
def _opened(admin: str, secret: str, school: RegisteredSchool) -> Iterator[_Office]:
    with ExitStack() as stack:

        def pool(role: str, size: int) -> Any:
            opened = open_pool(conninfo(admin, role, secret), max_size=size)
            stack.callback(opened.close)
            return opened

        reader, writer, vault = pool(READER, 2), pool(WRITER, 1), pool(PROJECTOR, 1)

        def names(people: Collection[str]) -> Mapping[str, Name]:
            with vault.connection() as conn:
                return vault_names(conn, schema_of(school.slug), people)

        def columns(kind: str) -> dict[str, str]:
            with pool(APP, 1).connection() as conn:
                return assigned_now(conn, schema_of(school.slug), kind)

        def engine() -> Engine:
            bell = Bell(conninfo(admin, APP, secret))
            stack.callback(bell.close)
            started = Engine(
                lambda slug: SchoolLog(slug, reader=reader, writer=writer),
                clock=_now,
                salts=_salt,
                on_commit=bell.ring,
            )
            stack.callback(started.close)
            return started

        log = SchoolLog(school.slug, reader=reader, writer=writer)
        desk = Desk(school.slug, school.school_id, log, names, _now, _new_id, _salt)
        # The command line has no person: the school itself stands for it.
        yield _Office(
            desk,
            Actor(school.school_id, _new_id(), Origin.IMPORT, operator=True),
            engine,
            columns,
        )


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid4())


def _salt() -> str:
    return secrets.token_urlsafe(16)


def _school(admin: str, slug: str | None) -> RegisteredSchool:
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


def _prepare(
    office: _Office, school: RegisteredSchool, source: Path, arguments: argparse.Namespace
) -> Prepared:
    desk, by = office.desk, office.by
    if arguments.kind in PUBLIC_KINDS:
        data = read_public(arguments.kind, source, school.school_id, school.zone)
        return prepare_public(desk, data, by=by)
    layout = layout_of(
        arguments.kind, arguments.column, arguments.always, office.columns(arguments.kind)
    )
    return prepare(
        desk,
        arguments.kind,
        source.read_bytes(),
        by=by,
        year=arguments.year,
        create_lessons=arguments.create_lessons,
        layout=layout,
    )


def layout_of(
    kind: FileKind, columns: Sequence[str], always: Sequence[str], known: Mapping[str, str]
) -> Layout:
    """What was said at the command line, over what the school has assigned. Raises Invalid."""
    by_title = {
        title_key(title): column.key
        for column in (COLUMNS[kind][0] if kind in COLUMNS else ())
        for title in column.titles
    }

    def ours(title: str) -> str:
        if title.strip() and title_key(title) not in by_title:
            raise Invalid("import.column", f"Столбца «{title}» у этой таблицы нет.")
        return by_title.get(title_key(title), "")

    said = {title_key(one.rpartition("=")[0]): ours(one.rpartition("=")[2]) for one in columns}
    same = {ours(one.partition("=")[0]): one.partition("=")[2].strip() for one in always}
    return Layout({**known, **said}, {key: words for key, words in same.items() if key and words})


def _as_text(
    prepared: Prepared, imported: Imported | None, source: Path, *, dry_run: bool
) -> Iterator[str]:
    plans = prepared.plans
    rows, unchanged = sum(one.rows for one in plans), sum(one.unchanged for one in plans)
    how = plans[0].source if len(plans) == 1 else f"таблиц: {len(plans)}"
    yield f"{source.name}: {how}, строк {rows}, из них уже в журнале {unchanged}"
    for level, title in (("error", "Ошибки"), ("notice", "Замечания")):
        shown = [one.text for plan in plans for one in plan.findings if one.level == level]
        shown = shown[:SHOWN]
        count = sum(one.errors if level == "error" else one.notices for one in plans)
        if count:
            yield f"{title} ({count}):"
            yield from (f"  {text}" for text in shown)
            if count > len(shown):
                yield f"  … и ещё {count - len(shown)}"
    if prepared.errors:
        yield "Ничего не записано: исправьте файл и повторите."
        return
    yield f"План {prepared.hash}"
    yield from (f"  {words}: {count}" for words, count in counts(plans).items())
    if dry_run:
        yield from _operations(prepared)
        yield f"Ничего не записано. Будет записано: {prepared.facts}."
        yield f"Записать именно этот план: --plan-hash {prepared.hash}"
    elif imported is None or imported.position is None:
        yield "Всё это уже в журнале: записывать нечего."
    else:
        yield f"Записано: {imported.facts}, последняя позиция в журнале {imported.position}."


def _operations(prepared: Prepared) -> Iterator[str]:
    if prepared.known is None:
        return
    plan = prepared.plan
    yield from (f"  {line}" for line in islice(sentences(plan, prepared.known), _LINES))
    if len(plan.operations) > _LINES:
        yield f"  … и ещё {len(plan.operations) - _LINES} (все — с --json)"


def _as_json(prepared: Prepared, imported: Imported | None, *, dry_run: bool) -> dict[str, Any]:
    return {
        "hash": prepared.hash,
        "dry_run": dry_run,
        "errors": prepared.errors,
        "facts": prepared.facts,
        "counts": counts(prepared.plans),
        "committed": imported._asdict() if imported else None,
        "plans": [msgspec.to_builtins(plan) for plan in prepared.plans],
    }
