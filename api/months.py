"""Names of months as dates spell them: «23 ноября 2026 г.»."""

from __future__ import annotations

MONTHS_OF = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
