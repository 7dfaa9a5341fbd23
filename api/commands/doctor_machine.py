"""What `letopis doctor` looks at around the journal: versions, room on the disks, clocks."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import NamedTuple

from projections.postgres.settings import Settings
from projections.postgres.upkeep import version_and_clock

ROOM_SHARE, ROOM_BYTES = 0.05, 2 << 30  # less than both is too little
CLOCK_S = 2.0  # apart
OLDEST = 160_000  # PostgreSQL's number of a version


class Finding(NamedTuple):
    """One thing looked at. `good` False: it wants a person; `advice` says what to do."""

    what: str
    good: bool
    found: str
    advice: str = ""


def programs() -> list[Finding]:
    """Ours and the interpreter's versions."""
    python = ".".join(map(str, sys.version_info[:3]))
    return [
        Finding("Летопись", True, version("letopis")),
        Finding("Python", sys.version_info >= (3, 11), python, "нужен 3.11 или новее"),
    ]


def disks(settings: Settings) -> Iterator[Finding]:
    """Room where something is written."""
    places = {
        "данные": settings.data_dir,
        "копии": settings.backup_dir,
        "архивы": settings.archive_dir,
        "печати": settings.seal_dir,
    }
    for name, directory in places.items():
        if directory is None or not directory.exists():
            continue
        usage = shutil.disk_usage(directory)
        good = usage.free >= min(ROOM_BYTES, ROOM_SHARE * usage.total)
        yield Finding(
            f"место на диске: {name}",
            good,
            f"свободно {usage.free / 1e9:.1f} ГБ из {usage.total / 1e9:.1f}, {directory}",
            "освободите место: без него записывать нельзя",
        )


def server(admin: str) -> Iterator[Finding]:
    """PostgreSQL's version, and whether its clock and this machine's agree. The database answers
    some time between the asking and the answer: a slow answer is no wrong clock.
    """
    asked = datetime.now(UTC)
    number, there = version_and_clock(admin)
    here = datetime.now(UTC)
    shown = f"{number // 10_000}.{number % 10_000}"
    yield Finding("PostgreSQL", number >= OLDEST, shown, "нужен 16 или новее")
    apart = max((asked - there).total_seconds(), (there - here).total_seconds(), 0.0)
    yield Finding(
        "часы",
        apart <= CLOCK_S,
        f"{here:%d.%m.%Y %H:%M:%S} UTC, с базой расходятся на {apart:.1f} с",
        "включите на обеих машинах синхронизацию времени (NTP)",
    )
