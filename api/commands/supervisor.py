"""Children of `letopis up`: started, watched, started again when they die, stopped together."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

logger = logging.getLogger(__name__)

STOP_S = 25.0  # then SIGKILL
HEALTHY_S = 10.0  # a child that lived so long is started again at once
LONGEST_PAUSE_S = 5.0
POLL_S = 0.1


class Interrupted(Exception):  # noqa: N818 - not a fault
    """Somebody asked us to stop in the middle of something long."""


class Child:
    """One process of ours: `letopis <words>`."""

    def __init__(
        self, name: str, words: Sequence[str], environ: Mapping[str, str], descriptors: list[int]
    ) -> None:
        self.name = name
        self._command = [sys.executable, "-m", "api", *words]
        self._environ = dict(environ)
        self._descriptors = descriptors
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause_s = 0.0
        self._not_before = 0.0

    @property
    def pid(self) -> int | None:
        """The process, if it lives."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start the process; the descriptors go with it."""
        self._started = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            self._command, env=self._environ, pass_fds=self._descriptors, stdin=subprocess.DEVNULL
        )

    def look_after(self) -> None:
        """Start the process again if it has died; slower each time when it dies young."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._not_before:
                self.start()
            return
        code = self._process.poll()
        if code is None:
            return
        young = now - self._started < HEALTHY_S
        self._pause_s = min(max(2 * self._pause_s, 0.2), LONGEST_PAUSE_S) if young else 0.0
        logger.warning(
            "Процесс %s закончился (код %s); запускаю снова через %.1f с",
            self.name,
            code,
            self._pause_s,
        )
        self._process = None
        self._not_before = now + self._pause_s

    def terminate(self) -> None:
        """Ask the process to end."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait until the process has ended; kill it at the deadline (monotonic seconds)."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            logger.warning("Процесс %s не закончился сам; прерываю", self.name)
            self._process.kill()
            self._process.wait()


class Supervisor:
    """Keeps children alive until SIGTERM or SIGINT."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self._asked_to_stop = False
        self._leash, self._held = os.pipe()

    def add(
        self,
        name: str,
        words: Sequence[str],
        environ: Mapping[str, str],
        descriptors: Sequence[int] = (),
    ) -> Child:
        """A child `letopis <words>`, not started yet."""
        leashed = [*words, "--leash", str(self._leash)]
        child = Child(name, leashed, environ, [*descriptors, self._leash])
        self.children.append(child)
        return child

    @property
    def stopping(self) -> bool:
        """Somebody asked us to stop."""
        return self._asked_to_stop

    def listen(self) -> None:
        """SIGTERM and SIGINT ask us to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def turn(self) -> None:
        """Look after every child. Raises Interrupted when somebody asked us to stop."""
        for child in self.children:
            child.look_after()
        if self.stopping:
            raise Interrupted

    def pause(self) -> None:
        """One turn, then wait a little."""
        for child in self.children:
            child.look_after()
        time.sleep(POLL_S)

    def stop(self) -> None:
        """End all children: the last started first to be asked, all at once."""
        for child in reversed(self.children):
            child.terminate()
        deadline = time.monotonic() + STOP_S
        for child in self.children:
            child.wait(deadline)
        os.close(self._leash)
        os.close(self._held)

    def _stop(self, _number: int, _frame: object) -> None:
        self._asked_to_stop = True
