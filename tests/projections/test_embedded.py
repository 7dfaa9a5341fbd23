"""The PostgreSQL that the program carries: it starts, is locked, recovers and lets go."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from projections.postgres import cluster
from projections.postgres.account import Account, ServerError
from projections.postgres.embedded import EmbeddedServer, ServerBusyError

QUICK = {"fsync": "off", "shared_buffers": "16MB"}
ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")


@contextmanager
def passable_directory() -> Iterator[Path]:
    """A temporary directory that the account PostgreSQL runs as can walk through."""
    directory = Path(tempfile.mkdtemp(prefix="letopis-embedded-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    """A data directory after its first start; copying it is quicker than initdb."""
    with passable_directory() as directory:
        with EmbeddedServer(directory, tuning=QUICK):
            pass
        yield directory


@pytest.fixture
def data_dir(prepared: Path) -> Iterator[Path]:
    with passable_directory() as directory:
        subprocess.run(["cp", "-a", f"{prepared}/.", str(directory)], check=True)
        yield directory


@pytest.fixture
def new_dir() -> Iterator[Path]:
    with passable_directory() as directory:
        yield directory


@pytest.fixture
def serve(data_dir: Path) -> Iterator[Callable[..., EmbeddedServer]]:
    """Make a server that is stopped whatever happens."""
    made: list[EmbeddedServer] = []

    def make(directory: Path = data_dir) -> EmbeddedServer:
        made.append(EmbeddedServer(directory, tuning=QUICK, patience_s=60))
        return made[-1]

    yield make
    for server in reversed(made):
        server.stop()


Serve = Callable[..., EmbeddedServer]


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def say(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_the_first_start_makes_a_database_with_checksums_and_russian_letters(
    serve: Serve, new_dir: Path
) -> None:
    url = serve(new_dir).start()

    assert ask(url, "SELECT current_database()") == "letopis"
    assert ask(url, "SHOW server_encoding") == "UTF8"
    assert ask(url, "SHOW data_checksums") == "on"
    assert ask(url, "SELECT upper('ёлка')") == "ЁЛКА"
    assert ask(url, "SHOW jit") == "off"


def test_data_outlives_a_restart(serve: Serve) -> None:
    server = serve()
    say(server.start(), "CREATE TABLE kept AS SELECT 5 AS mark")
    server.stop()

    assert ask(serve().start(), "SELECT mark FROM kept") == 5


def test_a_stopped_server_leaves_no_process_and_can_be_stopped_twice(serve: Serve) -> None:
    server = serve()
    server.start()
    pid = server.pid
    assert pid is not None
    server.stop()
    server.stop()

    assert not psutil.pid_exists(pid)
    assert server.pid is None


def test_a_wrong_password_is_refused_on_the_socket_too(serve: Serve) -> None:
    url = serve().start()
    scheme, _, rest = url.partition("postgres:")
    wrong = f"{scheme}postgres:{'0' * 64}{rest[64:]}"

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_no_access_rule_trusts_anybody(serve: Serve) -> None:
    server = serve()
    url = server.start()

    rules = ask(url, "SELECT array_agg(DISTINCT auth_method) FROM pg_hba_file_rules")
    assert rules == ["scram-sha-256"]


def test_the_server_does_not_listen_on_the_network(serve: Serve) -> None:
    assert ask(serve().start(), "SHOW listen_addresses") == ""


def test_two_servers_live_side_by_side(serve: Serve, new_dir: Path) -> None:
    one, two = serve(new_dir / "one").start(), serve(new_dir / "two").start()
    say(one, "CREATE TABLE only_here ()")

    assert ask(two, "SELECT to_regclass('only_here')") is None


def test_after_kill_9_of_the_server_a_start_recovers_at_the_same_address(serve: Serve) -> None:
    server = serve()
    url = server.start()
    say(url, "CREATE TABLE kept AS SELECT 5 AS mark")
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(pid)], timeout=60)
    assert server.pid is None

    assert server.start() == url
    assert ask(url, "SELECT mark FROM kept") == 5


def test_a_pid_file_that_outlived_a_reboot_is_no_obstacle(serve: Serve, data_dir: Path) -> None:
    server = serve()
    server.start()
    note = server.cluster.directory / "postmaster.pid"
    text = note.read_text()
    server.stop()
    # After a reboot the number belongs to somebody else: here, to a process of the same account.
    with subprocess.Popen(["sleep", "600"], user=server.cluster.account.uid) as stranger:
        note.write_text(str(stranger.pid) + text[text.index("\n") :])
        note.chmod(0o600)
        os.chown(note, server.cluster.account.uid, server.cluster.account.gid)

        assert ask(serve().start(), "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


OWNER = """
import sys
from pathlib import Path
from projections.postgres.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), tuning={"fsync": "off", "shared_buffers": "16MB"})
print(server.start(), server.pid, flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture
def owner(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], str, int]]:
    """Another process that owns the server of `data_dir`; its URL and the server's pid."""
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(data_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url, pid = process.stdout.readline().split()
        server = psutil.Process(int(pid))
        yield process, url, int(pid)
        process.kill()
        psutil.wait_procs([server], timeout=30)  # its guardian sees to it


Owner = tuple["subprocess.Popen[str]", str, int]


def test_a_second_process_uses_the_running_server_and_does_not_stop_it(
    serve: Serve, owner: Owner
) -> None:
    _, url, pid = owner
    guest = serve()

    assert guest.start() == url
    assert not guest.owned
    guest.stop()
    assert ask(url, "SELECT 1") == 1
    assert psutil.pid_exists(pid)


def test_who_wants_the_directory_alone_is_told_who_holds_it(serve: Serve, owner: Owner) -> None:
    process, _, _ = owner

    with pytest.raises(ServerBusyError, match=f"занят процессом {process.pid}"):
        serve().start(attach=False)


def test_the_server_of_a_killed_process_goes_away_and_nothing_is_lost(
    serve: Serve, owner: Owner
) -> None:
    process, url, pid = owner
    say(url, "CREATE TABLE kept AS SELECT 5 AS mark")
    server = psutil.Process(pid)
    process.kill()
    server.wait(timeout=30)

    assert ask(serve().start(), "SELECT mark FROM kept") == 5


def test_a_start_ends_the_server_that_an_interrupted_run_left_behind(
    serve: Serve, owner: Owner
) -> None:
    process, url, pid = owner
    say(url, "CREATE TABLE kept AS SELECT 5 AS mark")
    for child in psutil.Process(process.pid).children():
        if child.pid != pid:
            child.kill()  # its guardian, so that the server really stays
    process.kill()
    process.wait()
    left_behind = psutil.Process(pid)
    assert left_behind.is_running()

    again = serve()
    assert ask(again.start(), "SELECT mark FROM kept") == 5
    assert again.owned
    assert psutil.wait_procs([left_behind], timeout=60) == ([left_behind], [])


def test_another_secret_is_refused_in_words(serve: Serve, data_dir: Path) -> None:
    (data_dir / "secret").write_text("quite another secret, not that of this database")
    stranger = serve()

    with pytest.raises(ServerError, match="создана с другим секретом"):
        stranger.start()


def test_a_server_that_cannot_start_shows_its_own_words(new_dir: Path) -> None:
    broken = EmbeddedServer(new_dir, tuning={"shared_buffers": "a lot"}, patience_s=60)

    with pytest.raises(ServerError, match='invalid value for parameter "shared_buffers"'):
        broken.start()
    assert broken.pid is None


def test_an_interrupted_first_start_is_begun_anew(serve: Serve, new_dir: Path) -> None:
    half_made = new_dir / "postgres.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")

    assert ask(serve(new_dir).start(), "SELECT 1") == 1


def test_a_cluster_of_another_version_is_not_touched(serve: Serve, data_dir: Path) -> None:
    server = serve()
    server.start()
    server.stop()
    (server.cluster.directory / "PG_VERSION").write_text("17\n")

    with pytest.raises(ServerError, match="создана PostgreSQL 17, а программа несёт PostgreSQL 18"):
        serve().start()


def test_a_long_path_gets_a_short_socket(serve: Serve, new_dir: Path) -> None:
    server = serve(new_dir / ("школа-" * 20))

    assert ask(server.start(), "SELECT 1") == 1
    sockets = Path(str(ask(server.url(), "SHOW unix_socket_directories")))
    assert len(bytes(sockets)) < 60
    server.stop()
    assert not sockets.exists()


@as_root
def test_under_root_the_server_is_not_root(serve: Serve) -> None:
    server = serve()
    server.start()
    assert server.pid is not None

    assert psutil.Process(server.pid).uids().effective == server.cluster.account.uid != 0


@as_root
def test_a_data_directory_closed_to_others_gets_a_home_elsewhere(
    serve: Serve, new_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_SHARED_HOME", new_dir / "shared")
    closed = new_dir / "closed"
    closed.mkdir(mode=0o700)
    server = serve(closed / "data")
    say(server.start(), "CREATE TABLE kept AS SELECT 5 AS mark")
    server.stop()
    assert server.cluster.home.parent == new_dir / "shared"

    assert ask(serve(closed / "data").start(), "SELECT mark FROM kept") == 5


@as_root
def test_binaries_closed_to_others_are_copied_once(
    serve: Serve, new_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_SHARED_HOME", new_dir / "shared")
    monkeypatch.setattr(Account, "can_run", lambda _account, _program: False)
    server = serve(new_dir / "data")

    assert ask(server.start(), "SELECT 1") == 1
    assert server.cluster.bin.is_relative_to(new_dir / "shared")


@as_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv of util-linux")
def test_a_plain_user_runs_it_as_themselves(new_dir: Path) -> None:
    mine = new_dir / "mine"
    mine.mkdir(mode=0o700)
    shutil.chown(mine, "daemon", "daemon")
    plain_user = ["setpriv", "--reuid=daemon", "--regid=daemon", "--clear-groups"]
    # Only so that Python itself may lie in a home directory closed to others.
    plain_user += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]

    ran = subprocess.run(
        [*plain_user, sys.executable, "-B", "-c", OWNER, str(mine)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stderr == ""
    assert ran.stdout.startswith("postgresql://")
    assert (mine / "postgres").owner() == "daemon"
