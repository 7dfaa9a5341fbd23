"""Values of settings as they are read from the environment, each refused aloud when unusable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path

from domain.values import Role
from projections.postgres.settings_list import SETTINGS

DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


class SettingsError(Exception):
    """A setting is missing or unusable; the message is a Russian sentence for the operator."""


def text(environ: Mapping[str, str], name: str) -> str:
    """A value that is not empty; the default when it is not given. Raises SettingsError."""
    value = environ.get(name, DEFAULTS[name]).strip()
    if not value:
        message = f"Настройка {name} пуста: задайте значение или уберите переменную."
        raise SettingsError(message)
    return value


def whole(environ: Mapping[str, str], name: str, least: int, most: int) -> int:
    """A whole number within bounds. Raises SettingsError."""
    given = text(environ, name)
    if not (given.isascii() and given.isdigit() and least <= int(given) <= most):
        message = f"{name}: нужно целое число от {least} до {most}, а задано «{given}»."
        raise SettingsError(message)
    return int(given)


def one_of(environ: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """One of a few words. Raises SettingsError."""
    given = text(environ, name).lower()
    if given not in allowed:
        message = f"{name}: годится одно из {', '.join(allowed)}, а задано «{given}»."
        raise SettingsError(message)
    return given


def path(environ: Mapping[str, str], name: str) -> Path | None:
    """A path, or None when it is not given. Raises SettingsError."""
    return Path(text(environ, name)).expanduser().absolute() if name in environ else None


def clock_time(environ: Mapping[str, str], name: str) -> time:
    """A time of the day. Raises SettingsError."""
    given = text(environ, name)
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", given, re.ASCII):
        raise SettingsError(f"{name}: нужно время вида 18:00, а задано «{given}».")
    return time.fromisoformat(given)


def addresses(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Addresses of mail, separated by commas. Raises SettingsError."""
    if name not in environ:
        return ()
    found = tuple(one.strip() for one in text(environ, name).split(","))
    for one in found:
        if not re.fullmatch(r"[^\s@,<>]+@[^\s@,<>]+", one):
            raise SettingsError(f"{name}: нужны адреса через запятую, а среди них «{one}».")
    return found


def contact(environ: Mapping[str, str], name: str) -> str | None:
    """Whom to write to, as `mailto:…` or `https://…`; None when not given. Raises SettingsError."""
    if name not in environ:
        return None
    given = text(environ, name)
    if not re.fullmatch(r"(mailto:[^\s@]+@|https://)[^\s@]+", given):
        raise SettingsError(f"{name}: нужно mailto:имя@сервер или https://адрес, а не «{given}».")
    return given


def roles(environ: Mapping[str, str], name: str) -> frozenset[str]:
    """Roles, separated by commas; none when it is not given. Raises SettingsError."""
    known = [role for role in Role if role is not Role.OPERATOR]
    given = [one.strip() for one in environ.get(name, "").split(",") if one.strip()]
    for one in given:
        if one not in known:
            message = f"{name}: роли «{one}» нет; годятся {', '.join(known)}."
            raise SettingsError(message)
    return frozenset(given)
