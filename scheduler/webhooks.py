"""Handing an event over to a program outside: signed, to an address that was looked at, in time."""

from __future__ import annotations

import base64
import hmac
import http.client
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from socket import SHUT_RDWR, SOCK_STREAM, create_connection, getaddrinfo
from threading import Timer
from typing import NamedTuple
from urllib.parse import urlsplit

from domain.webhooks import MEDIA_TYPE, SECRET

STEP_S = 10.0  # to connect, to write, to read
TOTAL_S = 20.0  # for all of it: a receiver that drips does not hold up the others
_PORTS = {"https": 443, "http": 80}


class Inside(OSError):  # noqa: N818
    """The address lies inside of one's own network, where programs trust each other."""


class Answer(NamedTuple):
    """What the receiver said. after: when it asks to come back."""

    status: int
    after: timedelta | None


def signature(secrets: Sequence[bytes], event_id: str, moment: datetime, body: bytes) -> str:
    """`webhook-signature` of Standard Webhooks: one for each secret that is good now."""
    signed = f"{event_id}.{int(moment.timestamp())}.".encode() + body
    return " ".join(
        f"v1,{base64.b64encode(hmac.digest(key_of(one), signed, sha256)).decode()}"
        for one in secrets
    )


def key_of(secret: bytes) -> bytes:
    """The key of `whsec_…`."""
    return base64.b64decode(secret.removeprefix(SECRET.encode()))


def post(
    url: str,
    event_id: str,
    body: bytes,
    secrets: Sequence[bytes],
    now: datetime,
    *,
    private: bool,
    total_s: float = TOTAL_S,
) -> Answer:
    """One attempt; redirections are not followed. private: addresses of one's own network, and
    plain http, are allowed.

    Raises OSError when nobody answers in time, Inside when nobody may be asked.
    """
    headers = {
        "Content-Type": MEDIA_TYPE,
        "User-Agent": "Letopis",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature(secrets, event_id, now, body),
    }
    return hand_over(url, body, headers, now, private=private, total_s=total_s)


def hand_over(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    now: datetime,
    *,
    private: bool,
    total_s: float,
) -> Answer:
    """Anything to an address outside, by the same care. Raises as `post`."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not private:
        raise Inside("только https: без шифрования ничего не отправляется")
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    there = parts.path or "/"
    line = _Line(host, port, looked_up(host, port, private=private), parts.scheme == "https")
    over = Timer(total_s, line.hang_up)
    over.start()
    try:
        target = f"{there}?{parts.query}" if parts.query else there
        line.request("POST", target, body, dict(headers))
        answer = line.getresponse()
        return Answer(answer.status, retry_after(answer.getheader("Retry-After"), now))
    except http.client.HTTPException as fault:
        raise ConnectionError("ответ — не HTTP") from fault
    finally:
        over.cancel()
        line.close()


def looked_up(host: str, port: int, *, private: bool) -> str:
    """The address of a name, asked once: what was looked at is what is connected to.

    Raises Inside if any of its addresses is not out in the open; OSError for an unknown name.
    """
    found = [str(one[4][0]) for one in getaddrinfo(host, port, type=SOCK_STREAM)]
    if not private and not all(map(outside, found)):
        raise Inside("адрес во внутренней сети: событие не отправляется")
    return found[0]


def outside(address: str) -> bool:
    """Out in the open; what carries another address inside counts as that one."""
    known = ip_address(address.partition("%")[0])
    if isinstance(known, IPv6Address):
        inner = known.ipv4_mapped or known.sixtofour or (known.teredo and known.teredo[1])
        if inner:
            return outside(str(inner))
        if known.packed.startswith(bytes.fromhex("0064ff9b")):  # NAT64
            return False
    return known.is_global and not known.is_multicast


def retry_after(said: str | None, now: datetime) -> timedelta | None:
    """`Retry-After` in seconds or as a date; None when it says nothing."""
    if not said:
        return None
    if said.isascii() and said.isdecimal():
        return timedelta(seconds=min(int(said[:9]), 10**8))
    try:
        then = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(then.replace(tzinfo=then.tzinfo or UTC) - now, timedelta())


class _Line(http.client.HTTPConnection):
    """A connection to the address that was looked at, under the name that it was asked by."""

    def __init__(self, host: str, port: int, address: str, encrypted: bool) -> None:  # noqa: FBT001 - ours
        super().__init__(host, port, timeout=STEP_S)
        self._address = address
        self._context = ssl.create_default_context() if encrypted else None
        self.default_port = _PORTS["https" if encrypted else "http"]  # what `Host` leaves out

    def connect(self) -> None:
        """To the address, not to the name."""
        plain = create_connection((self._address, self.port), STEP_S)
        self.sock = (
            plain
            if self._context is None
            else self._context.wrap_socket(plain, server_hostname=self.host)
        )

    def hang_up(self) -> None:
        """From another thread: whoever waits for the receiver waits no longer."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(SHUT_RDWR)
