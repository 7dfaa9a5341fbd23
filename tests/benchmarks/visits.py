"""People who come when they come, not when the server is ready for them: a process of its own.

stdin: JSON `{host, port, visits: [[due, [[act, request], …]], …]}`: seconds from the start,
requests as latin-1 text; those of a visit follow one another on one connection, which is kept for
the next visits. stdout: JSON `{seconds, cpu, late, acts: {act: {latencies, statuses}}}`: latencies
by status, in seconds, of the first request of a visit from when it was due; `late`: by how much
visits began too late for reasons of this process, in order; `cpu`: seconds of this process.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from typing import Any

import uvloop

from tests.benchmarks.load import answered

AHEAD_S = 0.5  # between the plan and its first visit

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class People:
    """All the visits of a plan, and what they have seen."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._idle: list[Connection] = []
        self.late: list[float] = []
        self.acts: dict[str, dict[str, Any]] = {}

    async def visit(self, due: float, steps: list[tuple[str, bytes]]) -> None:
        """One person's requests. due: on the loop's clock."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(due - loop.time())
        self.late.append(loop.time() - due)
        begun = due
        for act, request in steps:
            try:
                status = await self._ask(request)
            except (OSError, asyncio.IncompleteReadError):
                status = "broken"
            seen = self.acts.setdefault(act, {"latencies": {}, "statuses": {}})
            seen["statuses"][status] = seen["statuses"].get(status, 0) + 1
            seen["latencies"].setdefault(status, []).append(loop.time() - begun)
            begun = loop.time()

    async def _ask(self, request: bytes) -> str:
        """The status. A kept connection that the server has closed meanwhile is opened again."""
        if self._idle:
            connection = self._idle.pop()
            try:
                return await self._on(connection, request)
            except (OSError, asyncio.IncompleteReadError) as fault:
                if isinstance(fault, asyncio.IncompleteReadError) and fault.partial:
                    raise
        return await self._on(await asyncio.open_connection(self._host, self._port), request)

    async def _on(self, connection: Connection, request: bytes) -> str:
        reader, writer = connection
        lowered = await answered(reader, writer, request)
        if b"connection: close" in lowered:
            writer.close()
        else:
            self._idle.append(connection)
        return lowered[9:12].decode()


async def run(plan: dict[str, Any]) -> dict[str, Any]:
    """All visits, each at its time."""
    people = People(plan["host"], plan["port"])
    start = asyncio.get_running_loop().time() + AHEAD_S
    began = time.perf_counter() + AHEAD_S
    await asyncio.gather(
        *(
            people.visit(start + due, [(act, one.encode("latin-1")) for act, one in steps])
            for due, steps in plan["visits"]
        )
    )
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": time.perf_counter() - began,
        "cpu": used.ru_utime + used.ru_stime,
        "late": sorted(people.late),
        "acts": people.acts,
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(json.load(sys.stdin)))))
