"""The letter with the day's seal: to whoever is to keep it outside of the school."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 30.0
_PLAIN_PORT, _TLS_PORT = 587, 465

_BODY = """\
Здравствуйте.

{day:%d.%m.%Y} электронный журнал школы «{school}» закрыл день. В нём {size} записей.
Под ними стоит печать — три строки и подпись под ними:

{note}
Просто сохраните это письмо: отвечать на него не нужно. По нему любой проверяющий увидит,
что записанное до этого дня потом не меняли и не удаляли: letopis verify --note ФАЙЛ, где в
файле — строки печати от первой до последней.
"""


def letter(
    *, school: str, day: date, size: int, note: str, sender: str, to: Sequence[str]
) -> EmailMessage:
    """The letter; the note is in it as it is, and as a file."""
    message = EmailMessage(SMTP)
    message["Subject"] = f"Печать журнала за {day:%d.%m.%Y}: {school}, записей {size}"
    message["From"] = sender
    message["To"] = ", ".join(to)
    message.set_content(_BODY.format(day=day, school=school, size=size, note=note))
    # Bytes, not text: a signature does not outlive another end of line.
    message.add_attachment(
        note.encode(),
        maintype="text",
        subtype="plain",
        filename=f"{size}.note",
        params={"charset": "utf-8"},
    )
    return message


def sender_of(url: str) -> str:
    """From whom letters of this server are: its account, or one of the server's name."""
    parts = urlsplit(url)
    account = unquote(parts.username or "")
    return account if "@" in account else f"{account or 'letopis'}@{parts.hostname}"


def send(url: str, message: EmailMessage) -> None:
    """Hand a letter over. url: `smtp://user:password@host:port`, `smtps://…`.

    With smtp:// the line is encrypted when the server can; a password goes over nothing else.
    Raises OSError (smtplib's exceptions are).
    """
    parts = urlsplit(url)
    host, context = parts.hostname or "", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or _TLS_PORT, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or _PLAIN_PORT, timeout=TIMEOUT_S)
    with server:
        encrypted = parts.scheme == "smtps"
        if not encrypted and server.has_extn("starttls"):
            server.starttls(context=context)
            encrypted = True
        if parts.username:
            if not encrypted:
                raise smtplib.SMTPNotSupportedError("сервер не шифрует, пароль не отправлен")
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
