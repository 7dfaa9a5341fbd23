"""Taking a copy: the database as it stands, checked, with the paper beside it; and its tail."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from projections.backups.heads import Head, heads
from projections.postgres.account import ServerError
from projections.postgres.cluster import client_programs
from projections.postgres.programs import run, way_to

COPY, PAPER, WAL = "base", "letopis.json", "wal"
SLOT = "letopis_backup"
_DRAFT = ".unfinished"
_STAMP = "%Y-%m-%dT%H%M%S.%fZ"


class Copy(msgspec.Struct, frozen=True):
    """A copy in its directory: when it was begun (UTC), and the heads it had at least."""

    name: str
    taken: datetime
    heads: list[Head]


def take(admin: str, into: Path, now: datetime) -> Copy:
    """Copy the database at `admin` into a new directory of `into`, and check every file of it.

    Raises ServerError with what PostgreSQL says; nothing unfinished looks like a copy.
    """
    name = now.astimezone(UTC).strftime(_STAMP)
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    _forget_unfinished(into)
    draft = into / f"{name}{_DRAFT}"
    draft.mkdir(mode=0o700)
    copy = Copy(name, now, heads(admin))  # before: what comes meanwhile is more than was promised
    base = str(draft / COPY)
    run(
        *("pg_basebackup", "--pgdata", base, "--format=plain", "--wal-method=stream"),
        *("--checkpoint=fast", "--manifest-checksums=SHA256", "--no-password"),
        environment=way_to(admin),
    )
    check(draft)
    (draft / PAPER).write_bytes(msgspec.json.format(msgspec.json.encode(copy)))
    draft.rename(into / name)
    return copy


def check(copy: Path) -> None:
    """Every file of the copy in a directory is as it was written. Raises ServerError."""
    run("pg_verifybackup", "--quiet", str(copy / COPY))


def copies(into: Path) -> list[Copy]:
    """The copies of a directory, the oldest first. Raises ServerError on a paper that is none."""
    return list(_found(into))


@contextmanager
def alone_in(into: Path) -> Iterator[None]:
    """Nobody else takes, tries or removes copies there meanwhile. Raises ServerError."""
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (into / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"С копиями в {into} сейчас работает другой процесс. Повторите позже."
            raise ServerError(message) from None
        yield


def tidy(into: Path, keep: int) -> list[str]:
    """Remove all but the newest `keep` copies, and the log that only those needed; their names."""
    old = copies(into)[:-keep]
    for one in old:
        shutil.rmtree(into / one.name)
    left = copies(into)
    if old and left and (into / WAL).is_dir():
        first = _first_segment(into / left[0].name / COPY)
        for segment in (into / WAL).iterdir():
            if segment.name[8:24] < first:  # of any timeline
                segment.unlink()
    return [one.name for one in old]


def follow(admin: str, into: Path) -> subprocess.Popen[bytes]:
    """Write the log down as it grows, from now on, until the process is stopped; it comes back by
    itself when the database was away. Raises ServerError.
    """
    wal = into / WAL
    wal.mkdir(parents=True, exist_ok=True, mode=0o700)
    environment = way_to(admin)
    common = ("--directory", str(wal), "--slot", SLOT, "--no-password")
    run("pg_receivewal", *common, "--create-slot", "--if-not-exists", environment=environment)
    program = str(client_programs() / "pg_receivewal")
    return subprocess.Popen([program, *common, "--synchronous"], env=environment)  # noqa: S603 - PostgreSQL's own


def _found(into: Path) -> Iterator[Copy]:
    if not into.is_dir():
        return
    for paper in sorted(into.glob(f"*/{PAPER}")):
        if paper.parent.name.endswith(_DRAFT):
            continue
        try:
            copy = msgspec.json.decode(paper.read_bytes(), type=Copy)
        except msgspec.MsgspecError as fault:
            message = f"{paper} не читается: {fault}. Эта копия испорчена, возьмите другую."
            raise ServerError(message) from None
        yield msgspec.structs.replace(copy, name=paper.parent.name)


def _first_segment(base: Path) -> str:
    """The segment (without its timeline) that a copy begins with, as its own label says."""
    [line] = [
        line
        for line in (base / "backup_label").read_text("utf-8").splitlines()
        if line.startswith("START WAL LOCATION")
    ]
    return line.rpartition("file ")[2].rstrip(")")[8:24]


def _forget_unfinished(into: Path) -> None:
    for left in into.glob(f"*{_DRAFT}"):
        shutil.rmtree(left)
