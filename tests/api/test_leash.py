"""A child process ends with its parent, whatever it is doing just then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

DEAF = """
import argparse, signal, sys, threading
from api.commands import leash
leash.PATIENCE_S = 0.1
signal.signal(signal.SIGTERM, signal.SIG_IGN)
leash.hold(argparse.Namespace(leash=int(sys.argv[1])))
threading.Event().wait(60)
"""
#: SIGTERM comes to another thread: nothing wakes the one that waits.
ELSEWHERE = """
import signal, threading
from scheduler.__main__ import until
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
def later():
    threading.Event().wait(0.2)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
threading.Thread(target=later).start()
until(stop)
"""


def test_a_child_that_does_not_hear_is_killed() -> None:
    leash, held = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", DEAF, str(leash)], cwd=ROOT, pass_fds=[leash]
    ) as child:
        os.close(held)
        assert child.wait(60) == -signal.SIGKILL
    os.close(leash)


def test_the_scheduler_hears_a_signal_that_wakes_nobody() -> None:
    ended = subprocess.run([sys.executable, "-c", ELSEWHERE], cwd=ROOT, timeout=60, check=False)

    assert ended.returncode == 0
