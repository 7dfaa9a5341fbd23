"""`python -m projections.postgres.ping`: can this process work? For health checks of containers.

0: the database answers and its tables are those this program expects; 1: not, with the reason.
`letopis doctor` says more, and finds fault with things that a restart does not mend.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import psycopg

from projections.postgres.settings import Settings, SettingsError
from projections.postgres.upkeep import pending


def trouble(environ: Mapping[str, str]) -> str | None:
    """What keeps this process from working, in Russian; None when nothing does."""
    try:
        url = Settings.from_env(environ).database_url
        if url is None:
            return "DATABASE_URL не задан."
        undone = pending(url)
    except (SettingsError, psycopg.OperationalError) as error:
        return str(error)
    return f"Не сделано: {', '.join(undone)}; запустите letopis migrate." if undone else None


if __name__ == "__main__":
    sys.exit(trouble(os.environ))
