"""A drill: the newest copy is brought back aside, every log in it derived again, and thrown away.

What it found stays beside the copy, so that it is held once for all schools of an installation.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from projections.backups.copy import COPY, WAL, Copy
from projections.backups.heads import Head, heads
from projections.backups.restore import restored, settle
from projections.checks import sealer_note
from projections.postgres import migrations
from projections.postgres.account import ServerError
from projections.postgres.cluster import home_of
from projections.postgres.database import READER, conninfo, open_pool
from projections.postgres.migrations import RegisteredSchool
from projections.verification import Report, verify

RESULT = "drill.json"
ROOM = 1.2  # of the size of a copy and its log: what a database needs to come up

Verify = Callable[[str, RegisteredSchool], Report]


class Finding(msgspec.Struct, frozen=True):
    """What did not come back as promised. kind: `absent`, `shorter`, `other`, or one of a
    verification's; place: the slug of a school, or of which row.
    """

    school: str
    kind: str
    place: str = ""


class Drill(msgspec.Struct, frozen=True):
    """How a copy came back: when it was tried (UTC), how far each log reached, what was wrong."""

    copy: str
    held: datetime
    heads: list[Head]
    findings: list[Finding]

    def of(self, school: str) -> tuple[int, int]:
        """Of a school: its last position, and how many findings there are."""
        found = sum(one.school == school for one in self.findings)
        return next((one.position for one in self.heads if one.school == school), 0), found


def hold(into: Path, secret: str, name: str, now: datetime) -> Drill:
    """Bring a copy back aside, with all that was written down after it; note what was found.

    Raises ServerError: it does not come back at all.
    """
    with aside() as data_dir:
        _require_room(into, name, data_dir)
        with restored(into, data_dir, secret, name=name, for_good=False) as (server, copy):
            settle(server.url(), secret)
            wrong = list(findings(server.url(), secret, copy))
            drill = Drill(name, now, heads(server.url()), wrong)
    draft = into / name / f"{RESULT}.new"
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(drill)))
    draft.replace(into / name / RESULT)
    return drill


def held(into: Path, name: str) -> Drill | None:
    """The last drill of a copy; None: there was none, or its note cannot be read."""
    try:
        return msgspec.json.decode((into / name / RESULT).read_bytes(), type=Drill)
    except (OSError, msgspec.MsgspecError):
        return None


def findings(
    admin: str, secret: str, copy: Copy, verified: Verify | None = None
) -> Iterator[Finding]:
    """What came back, held against the paper of the copy and against the seals that came with it.

    verified: how the log of a school is derived again; None: here, silently.
    """
    sizes = {one.school: one.size for one in copy.heads}
    try:
        came = {one.school: one for one in heads(admin, sizes)}
    except KeyError as fault:
        yield Finding(fault.args[0], "shorter")
        return
    for promised in copy.heads:
        found = came.get(promised.school)
        if found is None:
            yield Finding(promised.school, "absent")
        elif found.position < promised.position or found.root != promised.root:
            yield Finding(promised.school, "other")
    for school in migrations.schools(admin):
        report = verified(admin, school) if verified else derived(admin, secret, school)
        for one in report.findings:
            yield Finding(school.slug, one.kind, one.place)


def derived(
    admin: str,
    secret: str,
    school: RegisteredSchool,
    seals: Path | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """The log of a school derived again from its rows. seals: where the sealer keeps its notes, if
    the log is to be at least as long as those say: not in a drill, whose copy is older.
    """
    pool = open_pool(conninfo(admin, READER, secret), max_size=1)
    try:
        with pool.connection() as conn:
            return verify(
                conn,
                school.schema,
                school.school_id,
                datetime.now(UTC),
                sealer_note=None if seals is None else sealer_note(seals, school.school_id),
                progress=progress,
            )
    finally:
        pool.close()


@contextmanager
def aside() -> Iterator[Path]:
    """A data directory (in TMPDIR) that is removed, wherever its files had to go."""
    directory = Path(tempfile.mkdtemp(prefix="letopis-drill-"))
    directory.chmod(0o711)
    try:
        yield directory
    finally:
        for home in {home_of(directory), directory}:
            shutil.rmtree(home, ignore_errors=True)


def _require_room(into: Path, name: str, data_dir: Path) -> None:
    parts = [into / name / COPY, into / WAL]
    wanted = sum(one.stat().st_size for part in parts for one in part.rglob("*") if one.is_file())
    free = shutil.disk_usage(data_dir).free
    if free < wanted * ROOM:
        message = (
            f"Для учения не хватает места в {data_dir.parent}: свободно {free >> 20} МБ, нужно "
            f"{int(wanted * ROOM) >> 20} МБ. Другой каталог назначает переменная TMPDIR."
        )
        raise ServerError(message)
