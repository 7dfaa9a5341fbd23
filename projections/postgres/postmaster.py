"""The server's process: started, watched, and never left behind by a parent that was killed."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from projections.postgres.account import server_environment
from projections.postgres.cluster import Cluster

_FAST_S = 60.0  # for the fast shutdown with its checkpoint
_IMMEDIATE_S = 20.0

# Outlives us by design: when our end of its pipe closes, even after kill -9, the server is asked
# to shut down fast. PR_SET_PDEATHSIG would also fire when the thread that started it ends.
_GUARDIAN = """\
read -r _
{ cat "/proc/$1/cmdline" 2>/dev/null || ps -p "$1" -o command=; } | grep -qF -- "$2" &&
kill -INT "$1"
"""


@dataclass(frozen=True)
class PostmasterPid:
    """What PostgreSQL notes in postmaster.pid."""

    pid: int
    sockets: Path | None
    ready: bool

    @classmethod
    def read(cls, cluster: Path) -> PostmasterPid | None:
        """The note of the cluster directory; None when there is none, or not yet a whole one."""
        try:
            lines = (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        fields = dict(enumerate(lines))
        if not fields.get(0, "").strip().isdigit():
            return None
        sockets = fields.get(4, "").strip()
        return cls(
            pid=int(fields[0]),
            sockets=Path(sockets) if sockets else None,
            ready=fields.get(7, "").strip() == "ready",
        )

    def serves(self, cluster: Path) -> bool:
        """Whether the process is alive and is the server of this very cluster."""
        return str(cluster) in _command_line(self.pid)


class Postmaster:
    """A running `postgres` and its guardian."""

    def __init__(self, cluster: Cluster, log_file: Path) -> None:
        """Start it; output is appended to `log_file`. Does not wait. Raises OSError."""
        self._cluster = cluster
        user, group, groups = cluster.account.identity()
        with log_file.open("ab") as log:
            self._server = subprocess.Popen(  # noqa: S603 - our own binary
                [str(cluster.bin / "postgres"), "-D", str(cluster.directory)],
                user=user,
                group=group,
                extra_groups=groups,
                env=server_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl+C is for us to handle; the server stops last
            )
        self._guardian = subprocess.Popen(  # noqa: S603 - a constant script
            ["/bin/sh", "-c", _GUARDIAN, "guardian", str(self.pid), str(cluster.directory)],
            user=user,
            group=group,
            extra_groups=groups,
            env=server_environment(),
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._server.pid

    def alive(self) -> bool:
        return self._server.poll() is None

    def ready(self) -> bool:
        """Whether it accepts connections: recovery, if any, is over."""
        noted = PostmasterPid.read(self._cluster.directory)
        return self.alive() and noted is not None and noted.pid == self.pid and noted.ready

    def stop(self) -> None:
        """Fast shutdown; after a minute an immediate one. Repeatable."""
        if self.alive():
            self._server.send_signal(signal.SIGINT)
            try:
                self._server.wait(_FAST_S)
            except subprocess.TimeoutExpired:
                self._server.send_signal(signal.SIGQUIT)  # recovery at the next start
                try:
                    self._server.wait(_IMMEDIATE_S)
                except subprocess.TimeoutExpired:
                    self._server.kill()
                    self._server.wait()
        self._guardian.kill()  # before its pipe closes: the pid may already be another's
        self._guardian.wait()
        if self._guardian.stdin is not None:
            self._guardian.stdin.close()


def _command_line(pid: int) -> str:
    """Of a process of this machine; empty when there is none, or it is dead and not yet buried."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            raw = (proc / str(pid) / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return raw.decode("utf-8", errors="replace").replace("\0", " ")
    listed = subprocess.run(  # noqa: S603 - macOS has no /proc
        ["ps", "-p", str(pid), "-o", "command="],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return listed.stdout
