"""The load: a process of its own, so many clients, so many requests, keep-alive, nothing more.

stdin: JSON `{host, port, clients: [[request, …], …]}`, requests as latin-1 text; each client sends
its requests one after another. stdout: JSON `{seconds, statuses, latencies}`.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import uvloop

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


async def answered(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> bytes:
    """Send a request and read the whole of its answer; the head, in lower case."""
    writer.write(request)
    lowered = (await reader.readuntil(HEAD_END)).lower()
    at = lowered.find(LENGTH)
    if at >= 0:
        length = int(lowered[at + len(LENGTH) : lowered.index(b"\r\n", at)])
        if length:
            await reader.readexactly(length)
    return lowered


async def client(host: str, port: int, requests: list[bytes], seen: dict[str, Any]) -> None:
    """Send the requests one after another on one connection."""
    reader, writer = await asyncio.open_connection(host, port)
    for request in requests:
        start = time.perf_counter()
        head = await answered(reader, writer, request)
        seen["latencies"].append(time.perf_counter() - start)
        status = head[9:12].decode()
        seen["statuses"][status] = seen["statuses"].get(status, 0) + 1
    writer.close()


async def run(plan: dict[str, Any]) -> dict[str, Any]:
    """All clients at once."""
    seen: dict[str, Any] = {"latencies": [], "statuses": {}}
    jobs = [[one.encode("latin-1") for one in requests] for requests in plan["clients"]]
    start = time.perf_counter()
    await asyncio.gather(*(client(plan["host"], plan["port"], job, seen) for job in jobs))
    return {"seconds": time.perf_counter() - start} | seen


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(json.load(sys.stdin)))))
