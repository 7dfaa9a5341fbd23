"""Does each clause notice when its rule is off? A developer's command, no part of the suite.

    python -m tests.regulation.switched_off            every clause, two at a time: ten minutes
    python -m tests.regulation.switched_off 5.3 6      only these

In a copy of the tree the rule of a clause is switched off (`switches.py`) and the tests of that
clause alone are run, up to the first that goes red. What was found is kept in switched_off.json
and shown on docs/regulation.md. Ends with 1 when a clause stays green.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.regulation.clauses import PAGE, held_by, page
from tests.regulation.noticed import FOUND, Noticed, noticed
from tests.regulation.switches import SWITCHES, Switch

ROOT = Path(__file__).parents[2]
AT_ONCE = 2
LONGEST_S = 420
_RED = re.compile(r"^(?:FAILED|ERROR) (\S+?)(?:\[.*)?(?: - .*)?$", re.MULTILINE)
#: the clause's own come first, then what starts no web process
_OWN, _QUICK = "regulation/", ("domain/", "projections/")


def main(arguments: Sequence[str]) -> int:
    """Try the clauses named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.regulation.switched_off")
    parser.add_argument("clauses", nargs="*", metavar="CLAUSE", choices=[*SWITCHES, []])
    wanted = parser.parse_args(arguments).clauses or list(SWITCHES)
    console = Console()
    found, tests = noticed(), held_by()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with (
        TemporaryDirectory(prefix="switched_off_") as folder,
        Progress(*columns, console=console) as bar,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        task = bar.add_task("rules switched off", total=len(wanted))
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(AT_ONCE):
            trees.put(_copy(Path(folder) / str(number)))

        def tried(clause: str) -> None:
            tree = trees.get()
            try:
                by = red_by(tree, SWITCHES[clause], tests[clause])
            finally:
                trees.put(tree)
            found[clause] = Noticed(SWITCHES[clause].what, by)
            colour = "red" if by else "bold green"
            console.print(f"[{colour}]{clause:8}[/] {SWITCHES[clause].what}: {by or 'STAYS GREEN'}")
            bar.advance(task)

        list(pool.map(tried, wanted))
    kept = {clause: found[clause] for clause in SWITCHES if clause in found}
    FOUND.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
    PAGE.write_text(page(), "utf-8")
    green = [clause for clause in wanted if not found[clause].by]
    console.print(f"{len(wanted) - len(green)} red, {len(green)} green: {', '.join(green) or '—'}")
    return 1 if green else 0


def red_by(tree: Path, switch: Switch, tests: Sequence[str]) -> str:
    """The first of these tests that goes red with the rule off, "" when all stay green."""
    file = tree / switch.file
    whole = file.read_text("utf-8")
    if whole.count(switch.was) != 1:
        raise SystemExit(f"{switch.file}: what is to be replaced is not there once")
    in_order = sorted(
        tests, key=lambda one: (not one.startswith(_OWN), not one.startswith(_QUICK), one)
    )
    file.write_text(whole.replace(switch.was, switch.now), "utf-8")
    try:
        ended = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-x",
                "-q",
                "-rfE",
                "-p",
                "no:cacheprovider",
                *(f"tests/{one}" for one in in_order),
            ],
            cwd=tree,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
    finally:
        file.write_text(whole, "utf-8")
    if ended.returncode not in (0, 1):
        raise SystemExit(f"{switch.file}: the tests did not run\n{ended.stdout[-3_000:]}")
    red = _RED.search(ended.stdout)
    return red[1].removeprefix("tests/") if red and ended.returncode else ""


def _copy(tree: Path) -> Path:
    """Everything that is in the repository, as it is now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    return tree


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
