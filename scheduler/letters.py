"""Letters to families: one a person, whatever the children and whatever there is to tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from typing import NamedTuple

from domain.notices import KIND_LABELS, Kind

#: what has no place in the name of a sender
STRANGE = re.compile(r"[^\w .,№-]")


class Told(NamedTuple):
    """A sentence about a child, under a heading."""

    child: str
    kind: Kind
    sentence: str


_BODY = """\
Здравствуйте.

{told}
{where}
Письма об этом приходят потому, что вы согласились на них в дневнике. Какие и как часто —
выбираете вы: дневник, раздел «Уведомления». Отвечать на это письмо не нужно.

{school}
"""
_CODE = """\
Здравствуйте.

Кто-то указал этот адрес для писем из дневника школы «{school}». Если это вы, введите в дневнике,
в разделе «Уведомления», код:

    {code}

Он действует сутки. Если это не вы, просто удалите письмо: без кода сюда ничего не придёт.
"""


def digest(
    told: Sequence[Told], *, school: str, sender: str, to: str, number: str, origin: str
) -> EmailMessage:
    """The letter about everything that is due, by children and kinds in their order."""
    children: dict[str, dict[Kind, list[str]]] = {}
    for one in told:
        children.setdefault(one.child, {}).setdefault(one.kind, []).append(one.sentence)
    names = list(children)
    subject = f"Дневник: {names[0]}" if len(names) == 1 else "Дневник: новости о детях"
    message = _letter(subject, school=school, sender=sender, to=to)
    # the same lines are the same letter: sent twice after a crash, it is known by this
    message["Message-ID"] = f"<letopis-{number}@{_host(sender)}>"
    if origin:
        message["List-Unsubscribe"] = f"<{origin}/notices>"
    where = f"Открыть дневник: {origin}/diary\n" if origin else ""
    message.set_content(_BODY.format(told=_text(children), where=where, school=school))
    return message


def code(*, school: str, sender: str, to: str, number: str) -> EmailMessage:
    """The letter with the code that proves an address."""
    message = _letter("Код для писем из дневника", school=school, sender=sender, to=to)
    message.set_content(_CODE.format(school=school, code=number))
    return message


def _letter(subject: str, *, school: str, sender: str, to: str) -> EmailMessage:
    message = EmailMessage(SMTP)
    message["Subject"] = subject
    message["From"] = formataddr((STRANGE.sub("", school), sender))
    message["To"] = to
    message["Auto-Submitted"] = "auto-generated"
    return message


def _text(children: Mapping[str, Mapping[Kind, Sequence[str]]]) -> str:
    lines: list[str] = []
    for child, kinds in children.items():
        lines += [child, ""]
        for kind in Kind:
            if kind in kinds:
                lines += [f"{KIND_LABELS[kind]}:", *(f"  – {one}" for one in kinds[kind]), ""]
    return "\n".join(lines)


def _host(sender: str) -> str:
    return sender.rpartition("@")[2] or "letopis"
