"""Slips with logins and one-time passwords (clause 3.1.2): made to be handed out, never stored."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import segno

from api.documents.typesetting import pdf
from api.months import MONTHS_OF

SIGN_IN = "/sign-in"
HOW = (
    "Откройте эту страницу или наведите камеру телефона на рисунок.",
    "Введите логин и одноразовый пароль, как они напечатаны.",
    "Придумайте свой пароль: журнал спросит его сразу, а этот листок станет не нужен.",
)


class Slip(NamedTuple):
    """One slip; `class_name` is empty for the staff."""

    name: str
    login: str
    password: str
    class_name: str = ""


def slips_pdf(
    slips: Sequence[Slip], *, school: str, origin: str, good_until: datetime, zone: str
) -> bytes:
    """Eight slips on each A4 sheet. `origin` is the address of the site, `https://…`; with none
    the slip has no address. Raises UnprintableError.
    """
    until = good_until.astimezone(ZoneInfo(zone))
    address = f"{origin}{SIGN_IN}" if origin else ""
    return pdf(
        "slips",
        {
            "title": "Логины и одноразовые пароли",
            "school": school,
            "address": address,
            "qr": _qr(address) if address else "",
            "how": HOW if address else HOW[1:],
            "until": f"{until.day} {MONTHS_OF[until.month - 1]} {until.year} г., {until:%H:%M}",
            "slips": [
                {
                    "name": one.name,
                    "class": one.class_name,
                    "login": one.login,
                    "password": one.password,
                }
                for one in slips
            ],
        },
    )


def _qr(text: str) -> str:
    """The code as SVG, quiet zone included."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", xmldecl=False)
    return drawn.getvalue().decode()
