"""`letopis verify`: derive the whole log again and name the first row that is not as it was."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from api.commands.answers import GOOD, REFUSED, USAGE, show_json
from api.commands.ground import database, school_of, settings_of, with_data, with_school
from api.commands.noting import a_check, note, with_record
from api.commands.progress import shown
from api.findings import FINDINGS
from domain.refusals import Conflict, Invalid
from projections.checks import last_position, sealer_note, verified
from projections.postgres.database import READER, conninfo, open_pool
from projections.postgres.migrations import RegisteredSchool
from projections.postgres.settings import Settings
from projections.postgres.upkeep import pending
from projections.seals.checkpoint import RECEIPT, Checkpoint, Receipt
from projections.seals.note import Malformed, Note, VerifierKey
from projections.seals.paper import from_file
from projections.verification import Report, verify


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser(
        "verify", help="вывести журнал заново из записей и сверить с печатями"
    )
    with_data(parser)
    with_school(parser)
    parser.add_argument(
        "--note",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="печать или квитанция, которая хранилась не здесь: письмо, распечатка, свидетель",
    )
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        type=key,
        metavar="KEY",
        help="ключ печати, записанный не здесь: другим, если он за них не поручился, не верить",
    )
    with_record(parser)
    parser.add_argument("--json", action="store_true", help="для программ")
    parser.set_defaults(run=run)


def key(text: str) -> VerifierKey:
    """A verifier key. Raises argparse.ArgumentTypeError."""
    try:
        return VerifierKey.parse(text)
    except Malformed:
        message = "нужен открытый ключ печати вида имя+номер+ключ"
        raise argparse.ArgumentTypeError(message) from None


def run(arguments: argparse.Namespace) -> int:
    """Verify; 1 on any finding."""
    try:
        notes = [_read(path) for path in arguments.note]
    except OSError as fault:
        print(f"letopis verify: {fault}", file=sys.stderr)
        return USAGE
    settings = settings_of(arguments)
    started = time.monotonic()
    with database(settings) as admin:
        if pending(admin):
            raise Conflict("database.pending", "Таблицы ещё не такие, как нужно: letopis migrate.")
        school = school_of(admin, arguments.school)
        report = of_school(settings, admin, school, notes, arguments.key)
        seconds = time.monotonic() - started
        done = verified(a_check("verification"), report)
        recorded = note(settings, admin, school, done) if arguments.record else None
    if arguments.json:
        show_json(
            {
                "school": school.slug,
                **msgspec.to_builtins(report),
                "first_wrong_row": report.first_wrong_row,
                "recorded": recorded,
            }
        )
    else:
        print("\n".join(in_words(report, seconds)))
    return GOOD if report.agrees else REFUSED


def in_words(report: Report, seconds: float) -> list[str]:
    """The report for a person."""
    done = f"Проверено записей: {report.facts}, до позиции {report.position}"
    more = f"узлов дерева: {report.tiles}, печатей: {report.checkpoints}"
    lines = [f"{done}; {more}; {seconds:.1f} с."]
    if report.agrees:
        return [*lines, "Всё сошлось: журнал продолжен, а не переписан."]
    if report.first_wrong_row is not None:
        lines.append(f"Первая неверная запись (позиция поток/версия): {report.first_wrong_row}")
    lines.append(f"Не сошлось: {report.found}. Первые:")
    return [*lines, *(f"  {FINDINGS[one.kind]} — {one.place}" for one in report.findings)]


def of_school(
    settings: Settings,
    admin: str,
    school: RegisteredSchool,
    notes: list[str],
    keys: list[VerifierKey],
) -> Report:
    """The log of a school derived again; notes and keys that were kept elsewhere are believed."""
    pool = open_pool(conninfo(admin, READER, settings.secret), max_size=1)
    try:
        with pool.connection() as conn:
            last = last_position(conn, school.schema)
            with shown("Проверка журнала", last) as advance:
                return verify(
                    conn,
                    school.schema,
                    school.school_id,
                    datetime.now(UTC),
                    keys=keys,
                    outside=notes,
                    sealer_note=sealer_note(settings.seals, school.school_id),
                    progress=advance,
                )
    finally:
        pool.close()


def _read(path: Path) -> str:
    """The note that is in a file, or the one of its receipt. Raises OSError, Invalid.

    What is no note, or not the receipt that was given out, accuses nobody: it must not become a
    finding that stays in the log.
    """
    text = from_file(path.read_bytes())
    try:
        if not text.startswith(f"{RECEIPT}\n"):
            Checkpoint.of(Note.parse(text))
            return text
        receipt = Receipt.parse(text)
        whole = receipt.holds
    except Malformed:
        message = f"В файле {path} не печать и не квитанция журнала, или текст повреждён."
        raise Invalid("verify.no_note", message) from None
    if not whole:
        message = f"Запись в квитанции {path} под её печать не попадает: текст изменён."
        raise Invalid("verify.altered_receipt", message)
    return str(receipt.note)
