"""A child process does not outlive the process that started it, however that one ended."""

from __future__ import annotations

import argparse
import os
import signal
import time
from threading import Thread

PATIENCE_S = 60.0  # twice what the parent grants its children


def register(parser: argparse.ArgumentParser) -> None:
    """The hidden option by which `letopis up` holds its children."""
    parser.add_argument("--leash", type=int, help=argparse.SUPPRESS)


def hold(arguments: argparse.Namespace) -> None:
    """Watch the pipe of our parent: when it closes, end as if by SIGTERM, else by SIGKILL."""
    if arguments.leash is not None:
        Thread(target=_watch, args=(arguments.leash,), name="leash", daemon=True).start()


def _watch(pipe: int) -> None:
    os.read(pipe, 1)  # nobody writes: this returns when the parent is gone
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)  # in a thread that ends with the process
    os.kill(os.getpid(), signal.SIGKILL)
