"""«Акт об уничтожении персональных данных»: what Roskomnadzor's order № 179 asks for, on paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from api.documents.typesetting import pdf
from api.months import MONTHS_OF

ROLES: Final = {
    "director": "директор",
    "administrator": "администратор",
    "operator": "оператор сервера",
}


def erasure_pdf(act: Mapping[str, Any], zone: str) -> bytes:
    """The act (`erasure.act_about`) and the extract of the log. Raises UnprintableError."""
    return pdf(
        "erasure",
        {
            **act,
            "title": "Акт об уничтожении персональных данных",
            "at": _moment(act["at"], zone),
            "role": ROLES.get(act["role"], act["role"]),
            "entries": [
                {
                    **one,
                    "at": _moment(one["at"], zone),
                    "role": ROLES.get(one["role"], one["role"]),
                    "what": "имя" if one["name"] else "тексты",
                    "count": 1 if one["name"] else len(one["texts"]),
                }
                for one in act["entries"]
            ],
        },
    )


def _moment(at: str, zone: str) -> str:
    local = datetime.fromisoformat(at).astimezone(ZoneInfo(zone))
    return f"{local.day} {MONTHS_OF[local.month - 1]} {local.year} г., {local:%H:%M:%S}"
