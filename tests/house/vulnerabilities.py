"""`make audit`: known vulnerabilities of what is pinned (OWASP ASVS V15.2.1).

`python -m tests.house.vulnerabilities PYTHON FILE…`: PYTHON has pip-audit. Exit code 0: every
requirement was asked about and none is known to be vulnerable; 1: some are; 2: it is not known,
because the service was not reached or knows nothing of some requirement. Not knowing is no pass.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

CLEAN, VULNERABLE, UNKNOWN = 0, 1, 2
ASK = "-m pip_audit --disable-pip --require-hashes --progress-spinner=off --format=json".split()


def verdict(report: Mapping[str, Any] | None) -> tuple[int, list[str]]:
    """Exit code and what to say of a report of pip-audit; None: there is none."""
    dependencies = report["dependencies"] if report else []
    found = [
        f"{one['name']} {one['version']}: {flaw['id']}"
        + (f", исправлено в {', '.join(flaw['fix_versions'])}" if flaw["fix_versions"] else "")
        for one in dependencies
        for flaw in one.get("vulns", ())
    ]
    skipped = [one["name"] for one in dependencies if "skip_reason" in one]
    if found:
        return VULNERABLE, ["ЕСТЬ ИЗВЕСТНЫЕ УЯЗВИМОСТИ:", *found]
    if not dependencies:
        return UNKNOWN, ["НЕ ПРОВЕРЕНО: служба уязвимостей недоступна."]
    if skipped:
        which = "всё" if len(skipped) == len(dependencies) else ", ".join(skipped)
        return UNKNOWN, [f"НЕ ПРОВЕРЕНО: служба уязвимостей не ответила. Без ответа: {which}."]
    return CLEAN, [f"Известных уязвимостей нет; проверено: {len(dependencies)}."]


def main(python: str, files: Sequence[str]) -> int:
    """The exit code."""
    codes = set()
    for file in files:
        asked = subprocess.run(
            [python, *ASK, "--requirement", file], capture_output=True, text=True, check=False
        )
        try:
            report = json.loads(asked.stdout)
        except ValueError:
            report = None
            sys.stderr.write(asked.stderr[-2_000:])
        code, said = verdict(report)
        sys.stdout.write(f"{file}: " + "\n  ".join(said) + "\n")
        codes.add(code)
    return next((code for code in (VULNERABLE, UNKNOWN) if code in codes), CLEAN)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
