"""`letopis seal`: the process that seals the logs, and the keys with which it does."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from api.answers import written
from api.commands import leash
from api.commands.answers import GOOD, REFUSED, USAGE, show
from api.commands.ground import settings_of, with_data, with_school
from api.commands.office import at_the_office, new_request, operator_of
from api.house import Door
from domain.refusals import Conflict
from projections import audit, tree
from projections.seals import book
from projections.seals.note import Malformed, Note, Unsigned, VerifierKey
from projections.seals.signer import Refused, Signer, rewritten

Work = Callable[[Door, Signer], Awaitable[list[dict[str, Any]]]]


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("seal", help="печати журнала (один процесс) и ключи печати")
    with_data(parser)
    leash.register(parser)
    parser.set_defaults(run=run)
    kinds = parser.add_subparsers(metavar="ДЕЙСТВИЕ")
    keys = kinds.add_parser("key", help="какими ключами ставится печать")
    keys.set_defaults(run=show_keys)
    rotating = kinds.add_parser("rotate", help="ввести новый ключ; прежний подписывает и дальше")
    rotating.add_argument(
        "--reason",
        required=True,
        choices=("planned", "compromised", "lost"),
        help="по плану, прежний мог попасть в чужие руки, прежний утрачен",
    )
    rotating.set_defaults(run=rotate)
    retiring = kinds.add_parser("retire", help="вывести ключ: больше он не подписывает")
    retiring.add_argument("key", metavar="КЛЮЧ", help="как его показывает letopis seal key")
    retiring.add_argument(
        "--reason", default="planned", choices=("planned", "compromised", "lost"), help="почему"
    )
    retiring.set_defaults(run=retire)
    trusting = kinds.add_parser(
        "trust", help="продолжить с последней печати в базе, хотя своя запись о печатях утрачена"
    )
    trusting.set_defaults(run=trust)
    for one in (keys, rotating, retiring, trusting):
        with_data(one, argparse.SUPPRESS)  # `letopis seal --data DIR key` says it already
        with_school(one)
        one.add_argument("--json", action="store_true", help="для программ")


def run(arguments: argparse.Namespace) -> int:
    """Become `python -m scheduler.sealing`: the doors do not import each other."""
    leash.hold(arguments)
    os.environ.update(settings_of(arguments).environment())
    runpy.run_module("scheduler.sealing", run_name="__main__")
    return GOOD


def show_keys(arguments: argparse.Namespace) -> int:
    """List every key that the log or the directory knows."""

    async def work(door: Door, signer: Signer) -> list[dict[str, Any]]:
        here = [str(key.verifier) for key in signer.own_keys()]
        announced = await _announced(door)
        rows = [
            _row(one.verifier_key, here, one.introduced_at, one.reason, one.retired_at)
            for one in announced
        ]
        known = {one.verifier_key for one in announced}
        return rows + [_row(key, here, None, None, None) for key in here if key not in known]

    return _at_the_seal(arguments, work, empty="Ключей пока нет: их заводит letopis seal.")


def rotate(arguments: argparse.Namespace) -> int:
    """Announce a new key; from then on both sign."""

    async def work(door: Door, signer: Signer) -> list[dict[str, Any]]:
        key = signer.unannounced({one.verifier_key for one in await _announced(door)})
        receipt = door.school.introduce_seal_key(
            str(key), arguments.reason, by=operator_of(door), request=new_request()
        )
        position = (await written(receipt)).position
        if not receipt.result().facts:
            raise Conflict(
                "seal.announced_already",
                f"Ключ {key} только что введён; подождите секунду, пока его увидят проекции.",
            )
        return [{"verifier_key": str(key), "position": position}]

    return _at_the_seal(arguments, work)


def retire(arguments: argparse.Namespace) -> int:
    """Announce that a key signs no more, and delete it."""
    try:
        key = VerifierKey.parse(arguments.key)
    except Malformed:
        print("letopis seal retire: это не ключ печати; см. letopis seal key.", file=sys.stderr)
        return USAGE

    async def work(door: Door, signer: Signer) -> list[dict[str, Any]]:
        last = signer.last()
        others = [one.verifier for one in signer.own_keys() if one.verifier != key]
        if last is not None and not _signed(last, others):
            raise Conflict(
                "seal.successor_unsigned",
                "Другой ключ ещё ничего не подписал: введите его (letopis seal rotate) "
                "и подождите печати.",
            )
        receipt = door.school.retire_seal_key(
            str(key), arguments.reason, by=operator_of(door), request=new_request()
        )
        position = (await written(receipt)).position
        signer.forget(key)
        return [{"verifier_key": str(key), "position": position}]

    return _at_the_seal(arguments, work)


def trust(arguments: argparse.Namespace) -> int:
    """Go on from the newest checkpoint of the database, whatever was signed here."""

    async def work(door: Door, signer: Signer) -> list[dict[str, Any]]:
        announced = await _announced(door)
        async with door.reading() as (conn, schema):
            seen = await book.sight(conn, schema)
            newest = seen.sealed
            if newest is not None and (
                newest.size > seen.size or await tree.root(conn, schema, newest.size) != newest.root
            ):
                raise rewritten(newest.size)
        with signer.locked():
            signer.take_up(
                Note.parse(newest.note) if newest else None,
                [VerifierKey.parse(one.verifier_key) for one in announced],
                book.in_use(announced, seen.size),
                datetime.now(UTC),
            )
        return [{"school": door.slug, "size": newest.size if newest else 0}]

    return _at_the_seal(arguments, work)


def _at_the_seal(arguments: argparse.Namespace, work: Work, empty: str = "Пусто.") -> int:
    """Do something with a school's seal; what it answers is shown."""
    seals = settings_of(arguments).seals

    async def inside(door: Door) -> list[dict[str, Any]]:
        return await work(door, Signer(seals, door.school_id))

    try:
        rows = at_the_office(arguments, inside)
    except Refused as refused:
        print(f"letopis seal: {refused.message}", file=sys.stderr)
        return REFUSED
    except (Malformed, Unsigned):
        print("letopis seal: печать в базе поставлена неизвестным ключом.", file=sys.stderr)
        return REFUSED
    show(rows, as_json=arguments.json, empty=empty)
    return GOOD


async def _announced(door: Door) -> list[audit.Key]:
    async with door.reading() as (conn, schema):
        return await audit.keys(conn, schema)


def _row(
    key: str, here: list[str], since: datetime | None, reason: str | None, until: datetime | None
) -> dict[str, Any]:
    return {
        "verifier_key": key,
        "here": key in here,
        "introduced_at": since,
        "reason": reason,
        "retired_at": until,
    }


def _signed(note: Note, keys: list[VerifierKey]) -> bool:
    try:
        note.verify(keys)
    except Unsigned:
        return False
    return True
