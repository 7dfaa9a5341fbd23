"""A mail server of thirty lines: it takes letters, or refuses them."""

from __future__ import annotations

import socket
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BufferedRWPair
from threading import Thread
from typing import Self


class PostOffice:
    """Speaks SMTP on a port of its own, one letter a connection; `closed` refuses everybody."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], EmailMessage]] = []
        self.closed = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with line, line.makefile("rwb") as talk:
                self._talk(talk)

    def _talk(self, talk: BufferedRWPair) -> None:
        def say(text: str) -> None:
            talk.write(f"{text}\r\n".encode())
            talk.flush()

        say("421 closed" if self.closed else "220 ready")
        to: list[str] = []
        while not self.closed and (line := talk.readline()):
            word = line.decode().strip().upper()
            if word.startswith("RCPT TO:"):
                to.append(word.removeprefix("RCPT TO:").strip("<>").lower())
            if word == "DATA":
                say("354 go on")
                lines = iter(talk.readline, b".\r\n")
                letter = message_from_bytes(b"".join(lines), policy=default)
                assert isinstance(letter, EmailMessage)
                self.letters.append((to, letter))
            say("221 bye" if word == "QUIT" else "250 good")
            if word == "QUIT":
                return
