"""A listening socket that a child inherits: while it is away, callers wait in the backlog."""

from __future__ import annotations

import socket

BACKLOG = 2_048


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError when the port is taken or not ours to take."""
    [(family, _, _, _, address), *_] = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    listening.set_inheritable(True)
    return listening
