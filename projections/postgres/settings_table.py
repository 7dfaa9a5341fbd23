"""docs/settings.md, from the table of settings: `python -m projections.postgres.settings_table`."""

from __future__ import annotations

import sys

from projections.postgres.settings_list import SETTINGS

_HEAD = """\
# Настройки

Только переменные окружения. Негодное или незнакомое значение останавливает программу с объяснением.
Настройки, отмеченные «секрет», можно задать файлом: `ИМЯ_FILE=/путь/к/файлу` вместо `ИМЯ=значение`.

| Переменная | Если не задана | Единица | Что значит |
|---|---|---|---|
"""


def settings_page() -> str:
    """The whole page, as it must stand in docs/."""
    rows = [
        f"| `{one.name}`{' (секрет)' if one.secret else ''} | `{one.default}` | {one.unit} "
        f"| {one.help} |\n"
        for one in SETTINGS
    ]
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(settings_page())
