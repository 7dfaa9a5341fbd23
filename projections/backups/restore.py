"""The way back: a copy in a new data directory, brought to a moment, held against its paper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from projections.backups.copy import COPY, WAL, Copy, check, copies
from projections.folding import catch_up
from projections.postgres import migrations
from projections.postgres.account import ServerError
from projections.postgres.cluster import Cluster, locate
from projections.postgres.database import PROJECTOR, conninfo
from projections.postgres.embedded import EmbeddedServer
from projections.postgres.upkeep import pending

_SIGNAL, _TAIL = "recovery.signal", "wal-from-copy"
_PATIENCE_S = 3_600.0  # a year of a log is played back


@contextmanager
def restored(
    into: Path,
    data_dir: Path,
    secret: str,
    *,
    at: datetime | None = None,
    name: str | None = None,
    for_good: bool = True,
) -> Iterator[tuple[EmbeddedServer, Copy]]:
    """The newest copy (that is not younger than `at`; or the one named), served from `data_dir`,
    with all that was written down after it, up to `at` (UTC). The server runs inside the block;
    what is thrown away afterwards (not `for_good`) need not outlive a power cut.

    Raises ServerError: no such copy, a directory that is not empty, a log that does not reach.
    """
    copy = _chosen(copies(into), at, name, into)
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o711)
    cluster = locate(data_dir)
    if cluster.directory.exists():
        message = f"В {data_dir} уже есть база. Восстанавливайте в новый каталог."
        raise ServerError(message)
    check(into / copy.name)
    draft = cluster.home / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(into / copy.name / COPY, draft)
    tail = _tail(into, cluster)
    tuning = {"restore_command": f'cp "{tail}/%f" "%p"', "archive_mode": "off"} if tail else {}
    if at is not None:
        moment = at.astimezone(UTC).isoformat(sep=" ")
        tuning |= {"recovery_target_time": moment, "recovery_target_action": "promote"}
    if tuning:  # there is a recovery
        tuning["hot_standby"] = "off"  # nobody is served before it is all back
        (draft / _SIGNAL).touch(mode=0o600)
    if not for_good:
        tuning["fsync"] = "off"
    for path in (draft, *draft.rglob("*")):
        cluster.account.own(path)
    draft.rename(cluster.directory)
    try:
        with EmbeddedServer(
            data_dir, secret=secret, tuning=tuning, patience_s=_PATIENCE_S
        ) as server:
            yield server, copy
    except ServerError as fault:
        if "before configured recovery target was reached" in str(fault):
            message = (
                "Записанного хвоста журнала до этого момента не хватает: он кончается раньше. "
                "Назовите более ранний --at, или восстановите без него всё, что есть."
            )
            raise ServerError(message) from fault
        raise
    finally:
        if tail is not None:
            shutil.rmtree(tail, ignore_errors=True)


def settle(admin: str, secret: str) -> None:
    """Tables as this program has them, and everything folded: the projections may have come back a
    moment behind the log.
    """
    if pending(admin):
        migrations.migrate(admin, secret)
    with psycopg.connect(conninfo(admin, PROJECTOR, secret), autocommit=True) as conn:
        for school in migrations.schools(admin):
            catch_up(conn, school.schema)


def _chosen(found: list[Copy], at: datetime | None, name: str | None, into: Path) -> Copy:
    fit = [
        one
        for one in found
        if (name is None or one.name == name) and (at is None or one.taken <= at)
    ]
    if fit:
        return fit[-1]
    names = ", ".join(one.name for one in found) or "ни одной"
    raise ServerError(f"В {into} нет подходящей копии. Есть: {names}.")


def _tail(into: Path, cluster: Cluster) -> Path | None:
    """The log after the copies, where the account of the server can read it; None: there is none.

    The segment that was being written is `.partial`, and is a whole one as far as it goes.
    """
    if not (into / WAL).is_dir():
        return None
    tail = cluster.home / _TAIL
    shutil.rmtree(tail, ignore_errors=True)
    tail.mkdir(mode=0o700)
    for segment in (into / WAL).iterdir():
        target = tail / segment.name.removesuffix(".partial")
        if not (segment.name.endswith(".partial") and target.exists()):
            shutil.copyfile(segment, target)
    for path in (tail, *tail.iterdir()):
        cluster.account.own(path)
    return tail
