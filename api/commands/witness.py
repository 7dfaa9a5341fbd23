"""`letopis witness`: the program that watches a journal from another machine; no database here."""

from __future__ import annotations

import argparse
import socket
import sqlite3
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from api.commands.answers import GOOD, REFUSED, USAGE
from api.commands.listening import listen
from api.witness import create_app
from domain.refusals import Conflict, Invalid, NotFound
from projections.seals.checkpoint import Checkpoint
from projections.seals.key_file import make_key, read_key
from projections.seals.note import (
    LOG,
    WITNESS,
    Malformed,
    Note,
    SigningKey,
    Unsigned,
    VerifierKey,
)
from projections.seals.paper import from_file
from projections.seals.witness_memory import Memory, Page
from projections.seals.witnessing import Witness, head_of

STATE = Path(".witness")
HOST, PORT = "127.0.0.1", 8100
GRACE_S = 15
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - to tell them from a name that others can use

_KEY, _MEMORY = "witness.key", "witness.sqlite"


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser(
        "witness", help="свидетель: на другой машине помнит журнал и подписывает его рост"
    )
    parser.add_argument(
        "--log",
        metavar="VKEY",
        action="append",
        type=log_key,
        help="ключ журнала, за которым наблюдать; можно несколько; без ключей — прежние",
    )
    parser.add_argument(
        "--state", metavar="DIR", type=Path, default=STATE, help="каталог ключа и памяти свидетеля"
    )
    parser.add_argument("--name", help="имя свидетеля, при первом запуске (иначе имя машины)")
    parser.add_argument("--host", default=HOST, help="на каком адресе отвечать")
    parser.add_argument("--port", type=int, default=PORT, help="на каком порту отвечать")
    parser.set_defaults(run=run)
    kinds = parser.add_subparsers(metavar="[ДЕЙСТВИЕ]")
    checking = kinds.add_parser("check", help="сходится ли печать с тем, что видел свидетель")
    checking.add_argument("file", metavar="NOTE_FILE", type=Path, help="файл с печатью журнала")
    checking.add_argument(
        "--state", metavar="DIR", type=Path, default=argparse.SUPPRESS, help="каталог свидетеля"
    )
    checking.set_defaults(run=check)


def log_key(text: str) -> VerifierKey:
    """The verifier key of a log. Raises argparse.ArgumentTypeError."""
    try:
        key = VerifierKey.parse(text)
    except Malformed:
        key = None
    if key is None or key.kind != LOG:
        message = f"«{text}» — не ключ журнала; его называет школа: имя+номер+ключ"
        raise argparse.ArgumentTypeError(message)
    return key


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    try:
        key, memory = _opened(arguments.state, arguments.name)
        logs = _watched(memory, arguments.log)
        if not logs:
            print("letopis witness: за каким журналом наблюдать? Назовите --log.", file=sys.stderr)
            return USAGE
        listening = listen(arguments.host, arguments.port)
    except (OSError, sqlite3.Error) as fault:
        print(f"letopis witness: не получается начать: {fault}", file=sys.stderr)
        return REFUSED
    _greet(key, logs, arguments.host, listening.getsockname()[1])
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(Witness(key, logs, memory)),
            loop="uvloop",
            http="httptools",
            lifespan="off",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_S,
            log_config=None,
        )
    )
    server.run(sockets=[listening])
    return GOOD if server.started else REFUSED


def check(arguments: argparse.Namespace) -> int:
    """Say whether a note agrees with what was seen; 1 unless it does. Raises NotFound."""
    memory_file = arguments.state / _MEMORY
    if not memory_file.exists():
        raise NotFound("witness.nobody", f"В каталоге {arguments.state} памяти свидетеля нет.")
    try:
        note = Note.parse(from_file(arguments.file.read_bytes()))
        head = head_of(note)
        with Memory(memory_file).reading() as page:
            logs = [key for key in page.watched() if key.name == head.origin]
            if not logs:
                print(f"За журналом {head.origin} этот свидетель не наблюдает.")
                return REFUSED
            note.verify(logs)
            agrees, words = _compared(head, page)
    except (OSError, sqlite3.Error) as fault:
        print(f"letopis witness check: {fault}", file=sys.stderr)
        return USAGE
    except Malformed:
        print(f"В файле {arguments.file} не печать журнала.")
        return REFUSED
    except Unsigned:
        print("Печать не подписана ключом журнала: о школе она ничего не говорит.")
        return REFUSED
    print(words)
    return GOOD if agrees else REFUSED


def _opened(state: Path, name: str | None) -> tuple[SigningKey, Memory]:
    """Key and memory, made at the first start: the memory before the key.

    Raises NotFound (the memory of a known key is gone), Conflict (the key has another name),
    Invalid (the name cannot be one, or the file of the key is spoilt), OSError, sqlite3.Error.
    """
    key_file, memory_file = state / _KEY, state / _MEMORY
    try:
        if not key_file.exists():
            state.mkdir(parents=True, exist_ok=True, mode=0o700)
            memory = Memory.begin(memory_file)
            return make_key(key_file, name or socket.gethostname(), WITNESS), memory
        key = read_key(key_file)
    except Malformed as fault:
        message = f"Ключ свидетеля не годится ({fault}). Имя — без пробелов и знака «+»."
        raise Invalid("witness.key", message) from None
    if not memory_file.exists():
        message = (
            f"Ключ свидетеля есть, а памяти {memory_file} нет. Свидетель без памяти подписал бы"
            " что угодно. Верните файл или начните с новым ключом в пустом каталоге."
        )
        raise NotFound("witness.memory_lost", message)
    if name not in (None, key.verifier.name):
        raise Conflict("witness.name", f"Этого свидетеля зовут {key.verifier.name}.")
    return key, Memory(memory_file)


def _watched(memory: Memory, named: Sequence[VerifierKey] | None) -> Sequence[VerifierKey]:
    """The logs to watch: those that are named now, or those of the last start."""
    with memory.alone() as page:
        if named:
            page.watch(dict.fromkeys(named))
        return page.watched()


def _greet(key: SigningKey, logs: Sequence[VerifierKey], host: str, port: int) -> None:
    name = socket.gethostname() if host in ANYWHERE else host
    address = f"[{name}]" if ":" in name else name
    print("Свидетель наблюдает за журналами:", *sorted({log.name for log in logs}), sep="\n  ")
    print(f"Ключ свидетеля:\n  {key.verifier}")
    print("Строка для файла witnesses.txt школы:")
    print(f"{key.verifier} http://{address}:{port}", flush=True)


def _compared(head: Checkpoint, page: Page) -> tuple[bool, str]:
    """Whether a checkpoint signed by its log is one that was seen, and that in words."""
    seen, last = page.of_size(head.origin, head.size), page.last(head.origin)
    if seen is None and head.size > last.size:
        return False, f"Таким длинным свидетель журнала не видел: у него {last.size} записей."
    if seen is None:
        return False, (
            f"Ровно {head.size} записей свидетель не видел, сравнить не с чем. Попросите у школы"
            f" печать на {last.size} записей: её сравнить можно."
        )
    at = f"{datetime.fromtimestamp(seen.at, UTC):%d.%m.%Y %H:%M} UTC"
    if seen.root == head.root:
        return True, f"Сходится: эти {head.size} записей свидетель видел и подписал {at}."
    return False, (
        f"РАСХОДИТСЯ. На {head.size} записях свидетель {at} видел другой отпечаток, и подпись"
        " журнала стоит под обоими: журнал переписан. Сохраните обе печати. Свидетель видел:\n"
        f"\n{seen.note}"
    )
