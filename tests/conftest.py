"""Real PostgreSQL for the tests that need it: one server a session, one cheap clone a test."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg.sql import SQL, Identifier
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from api.auth import passwords
from projections.postgres.embedded import EmbeddedServer
from projections.postgres.migrations import migrate
from projections.postgres.settings import Settings, without_settings

# A developer's own settings must not leak into a test, nor a test into a developer's database.
for name in set(os.environ) - set(without_settings(os.environ)):
    del os.environ[name]

#: What a school hashes passwords with; here one sign-in after another takes no fifty milliseconds.
OWN_HASHER = passwords.HASHER
passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

# A timed test is a coin thrown (see the benchmarks), and so is one that asks something else in each
# run: it refuses a change that did nothing. `--hypothesis-profile=seeking` asks what is new.
UNTIMED = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile("seeking", UNTIMED)
hypothesis_settings.register_profile("same", UNTIMED, derandomize=True, database=None)
hypothesis_settings.load_profile("same")

SECRET = "a secret of the tests, long enough to be one"

# Losing the tests' data to a power cut is no loss; nothing else differs from a school's server.
QUICK = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, so that no core idles at the end; files with a browser last, the
    longest of them before the others.

    Playwright keeps an event loop running in its thread, where asyncio.run() is then refused.
    """
    ranks: dict[Path, int] = {}
    browsed: Counter[Path] = Counter()
    for item in items:
        browser = item.get_closest_marker("browser") is not None
        rank = 0 if item.get_closest_marker("slow") else 1 + browser
        ranks[item.path] = min(rank, ranks.get(item.path, rank))
        browsed[item.path] += browser
    items.sort(key=lambda item: (ranks[item.path], -browsed[item.path]))


def pytest_collection_finish() -> None:
    """Ten thousand tests and all that they import stay to the end: no collection of garbage need
    look through them.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a quarter of its time a test waits for PostgreSQL, a process
    or the browser.
    """
    return (os.cpu_count() or 1) + 1


DEMONSTRATIONS = "tests/api/demo/"


class FilesScheduling(LoadFileScheduling):  # type: ignore[misc] # xdist ships no types
    """--dist=loadfile, but that the tests of demonstrations share one worker: they look at the same
    school, which takes twenty seconds to build.
    """

    def _split_scope(self, nodeid: str) -> str:
        return DEMONSTRATIONS if nodeid.startswith(DEMONSTRATIONS) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesScheduling | None:
    """What the controller of xdist asks."""
    return FilesScheduling(config, log) if config.getoption("dist") == "loadfile" else None


MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory, where there is one
ROOMY = 4 << 30  # bytes


def in_memory() -> str | None:
    """Where files need no disk, if there is much of it; else None, the usual place."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOMY
    return str(MEMORY) if roomy else None


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """URL of the superuser's own database on this session's server (each xdist worker has one)."""
    # pytest's own temporary directories are closed to the account PostgreSQL runs as under root.
    data_dir = Path(tempfile.mkdtemp(prefix="letopis-tests-", dir=in_memory()))
    data_dir.chmod(0o711)
    with EmbeddedServer(data_dir, secret=SECRET, tuning=QUICK) as running:
        yield running.url("postgres")
        home = running.cluster.home
    for directory in {home, data_dir}:
        shutil.rmtree(directory)


def url_of(server: str, database: str) -> str:
    """URL of another database of the same server."""
    return server.replace("@/postgres?", f"@/{database}?")


def admin(server: str, statement: str, *names: str) -> None:
    """Run one statement outside of a transaction; `names` fill its {} as identifiers."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL(statement).format(*map(Identifier, names)))


def clone(server: str, name: str, template: str) -> None:
    """A database that is a copy of another. Copying files in memory takes 20 ms; through the
    write-ahead log, as is usual, 150 ms.
    """
    admin(server, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)


@pytest.fixture
def blank(server: str) -> Iterator[str]:
    """URL of a new database with nothing in it."""
    name = f"blank_{uuid4().hex}"
    admin(server, "CREATE DATABASE {}", name)
    yield url_of(server, name)
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def template(server: str) -> Iterator[str]:
    """Name of a migrated database without schools; clones of it are cheap."""
    name = f"template_{uuid4().hex}"
    admin(server, "CREATE DATABASE {}", name)
    migrate(url_of(server, name), SECRET)
    yield name
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def database(server: str, template: str) -> Iterator[str]:
    """URL of a fresh migrated database of this test alone; its schools: `add_school`."""
    name = f"test_{uuid4().hex}"
    clone(server, name, template)
    yield url_of(server, name)
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """Settings of an installation on this test's database."""
    return Settings(data_dir=tmp_path, secret=SECRET, database_url=database)
