"""Settings of one process (their table: settings_list.py), read once, from the environment.

A setting that cannot be used stops the program with a Russian sentence; nothing is guessed.
Secrets may be given as NAME or as NAME_FILE (a path to a file with the value).
"""

from __future__ import annotations

import difflib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from projections.postgres import settings_values as values
from projections.postgres.settings_list import SETTINGS
from projections.postgres.settings_values import SettingsError

MIN_SECRET_LENGTH = 32  # characters


__all__ = [
    "Settings",
    "SettingsError",
    "role_password",
    "secret_in",
    "without_settings",
]

LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("text", "json")
NO_YES = ("no", "yes")
_KNOWN = frozenset(
    name
    for setting in SETTINGS
    for name in ((setting.name, f"{setting.name}_FILE") if setting.secret else (setting.name,))
)


def role_password(secret: str, role: str) -> str:
    """Password of a database role: 64 hex digits derived from the one secret."""
    return hmac.digest(secret.encode(), f"letopis role {role}".encode(), "sha256").hex()


@dataclass(frozen=True)
class Settings:
    """All settings of one process; durations in seconds (`_min`: minutes), sizes in connections."""

    data_dir: Path
    secret: str
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    public_origin: str | None = None
    pool_min: int = 1
    pool_max: int = 10
    connect_timeout_s: float = 5.0
    school_at_once: int = 16
    staff_idle_min: int = 10
    sessions_max: int = 5
    step_up_min: int = 5
    second_factor: frozenset[str] = frozenset()
    seal_dir: Path | None = None
    seal_every_s: int = 60
    day_close: time = time(18)
    publish_dir: Path | None = None
    archive_dir: Path | None = None
    backup_dir: Path | None = None
    backup_keep: int = 7
    smtp_url: str | None = None
    seal_mail_to: tuple[str, ...] = ()
    webhook_private: bool = False
    push_contact: str | None = None
    log_level: str = "info"
    log_format: str = "text"
    traces: str | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    oidc_name: str = "Единый вход"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check everything; makes the secret file when the database is embedded.

        Raises SettingsError.
        """
        _refuse_unknown_names(environ)
        data_dir = Path(values.text(environ, "LETOPIS_DATA_DIR")).expanduser().absolute()
        database_url = _secret(environ, "DATABASE_URL")
        if database_url is not None:
            _check_database_url(database_url)
        pool_min = values.whole(environ, "LETOPIS_POOL_MIN", 0, 1000)
        pool_max = values.whole(environ, "LETOPIS_POOL_MAX", 1, 1000)
        if pool_min > pool_max:
            message = f"LETOPIS_POOL_MIN ({pool_min}) больше, чем LETOPIS_POOL_MAX ({pool_max})."
            raise SettingsError(message)
        return cls(
            data_dir=data_dir,
            secret=_installation_secret(environ, database_url, data_dir),
            database_url=database_url,
            host=values.text(environ, "LETOPIS_HOST"),
            port=values.whole(environ, "LETOPIS_PORT", 0, 65535),
            public_origin=_origin(environ),
            pool_min=pool_min,
            pool_max=pool_max,
            connect_timeout_s=float(values.whole(environ, "LETOPIS_CONNECT_TIMEOUT_S", 1, 3600)),
            school_at_once=values.whole(environ, "LETOPIS_SCHOOL_AT_ONCE", 1, 10_000),
            staff_idle_min=values.whole(environ, "LETOPIS_STAFF_IDLE_MIN", 1, 480),
            sessions_max=values.whole(environ, "LETOPIS_SESSIONS_MAX", 1, 100),
            step_up_min=values.whole(environ, "LETOPIS_STEP_UP_MIN", 1, 60),
            second_factor=values.roles(environ, "LETOPIS_SECOND_FACTOR"),
            seal_dir=values.path(environ, "LETOPIS_SEAL_DIR"),
            seal_every_s=values.whole(environ, "LETOPIS_SEAL_EVERY_S", 1, 86_400),
            day_close=values.clock_time(environ, "LETOPIS_DAY_CLOSE"),
            publish_dir=values.path(environ, "LETOPIS_PUBLISH_DIR"),
            archive_dir=values.path(environ, "LETOPIS_ARCHIVE_DIR"),
            backup_dir=values.path(environ, "LETOPIS_BACKUP_DIR"),
            backup_keep=values.whole(environ, "LETOPIS_BACKUP_KEEP", 1, 1000),
            smtp_url=_smtp(environ),
            seal_mail_to=values.addresses(environ, "LETOPIS_SEAL_MAIL_TO"),
            webhook_private=values.one_of(environ, "LETOPIS_WEBHOOK_PRIVATE", NO_YES) == "yes",
            push_contact=values.contact(environ, "LETOPIS_PUSH_CONTACT"),
            log_level=values.one_of(environ, "LETOPIS_LOG_LEVEL", LOG_LEVELS),
            log_format=values.one_of(environ, "LETOPIS_LOG_FORMAT", LOG_FORMATS),
            traces=_collector(environ),
            **_provider(environ),
        )

    def environment(self) -> dict[str, str]:
        """Variables from which `from_env` in a child process reads these same settings."""
        optional = {
            "DATABASE_URL": self.database_url,
            "LETOPIS_PUBLIC_ORIGIN": self.public_origin,
            "LETOPIS_SECOND_FACTOR": ",".join(sorted(self.second_factor)) or None,
            "LETOPIS_SEAL_DIR": str(self.seal_dir) if self.seal_dir else None,
            "LETOPIS_PUBLISH_DIR": str(self.publish_dir) if self.publish_dir else None,
            "LETOPIS_ARCHIVE_DIR": str(self.archive_dir) if self.archive_dir else None,
            "LETOPIS_BACKUP_DIR": str(self.backup_dir) if self.backup_dir else None,
            "LETOPIS_TRACES": self.traces,
            "LETOPIS_SMTP_URL": self.smtp_url,
            "LETOPIS_SEAL_MAIL_TO": ",".join(self.seal_mail_to) or None,
            "LETOPIS_WEBHOOK_PRIVATE": "yes" if self.webhook_private else None,
            "LETOPIS_PUSH_CONTACT": self.push_contact,
            "LETOPIS_OIDC_ISSUER": self.oidc_issuer,
            "LETOPIS_OIDC_CLIENT_ID": self.oidc_client_id,
            "LETOPIS_OIDC_CLIENT_SECRET": self.oidc_client_secret,
            "LETOPIS_OIDC_NAME": self.oidc_name,
        }
        return {
            "LETOPIS_DATA_DIR": str(self.data_dir),
            "LETOPIS_SECRET": self.secret,
            "LETOPIS_HOST": self.host,
            "LETOPIS_PORT": str(self.port),
            "LETOPIS_POOL_MIN": str(self.pool_min),
            "LETOPIS_POOL_MAX": str(self.pool_max),
            "LETOPIS_CONNECT_TIMEOUT_S": f"{self.connect_timeout_s:.0f}",
            "LETOPIS_SCHOOL_AT_ONCE": str(self.school_at_once),
            "LETOPIS_STAFF_IDLE_MIN": str(self.staff_idle_min),
            "LETOPIS_SESSIONS_MAX": str(self.sessions_max),
            "LETOPIS_STEP_UP_MIN": str(self.step_up_min),
            "LETOPIS_SEAL_EVERY_S": str(self.seal_every_s),
            "LETOPIS_DAY_CLOSE": f"{self.day_close:%H:%M}",
            "LETOPIS_BACKUP_KEEP": str(self.backup_keep),
            "LETOPIS_LOG_LEVEL": self.log_level,
            "LETOPIS_LOG_FORMAT": self.log_format,
        } | {name: value for name, value in optional.items() if value is not None}

    @property
    def seals(self) -> Path:
        """Where the keys of the seals are."""
        return self.seal_dir or self.data_dir / "seals"

    @property
    def archives(self) -> Path:
        """Where the archives of school years are."""
        return self.archive_dir or self.data_dir / "archives"

    def role_password(self, role: str) -> str:
        """Password of the database role of this installation."""
        return role_password(self.secret, role)


def without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without our variables: where to start a child with other settings."""
    return {name: value for name, value in environ.items() if not _is_ours(name)}


def secret_in(data_dir: Path) -> str:
    """The secret of an embedded installation, made once, readable by its owner only.

    Raises SettingsError when the file is there and unusable.
    """
    path = data_dir / "secret"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o711)
        draft = data_dir / f".secret.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # two processes starting at once agree on one secret
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return _checked_secret(_read_file(path), str(path))


def _is_ours(name: str) -> bool:
    return name.startswith("LETOPIS_") or name in _KNOWN


def _refuse_unknown_names(environ: Mapping[str, str]) -> None:
    for name in sorted(environ):
        if _is_ours(name) and name not in _KNOWN:
            close = difflib.get_close_matches(name, sorted(_KNOWN), n=1)
            hint = f" Может быть, {close[0]}?" if close else " Список — docs/settings.md."
            message = f"Неизвестная настройка {name}.{hint}"
            raise SettingsError(message)


def _collector(environ: Mapping[str, str]) -> str | None:
    address = environ.get("LETOPIS_TRACES", "").strip() or None
    if address is not None and not re.fullmatch(r"https?://[^/\s]+/\S*", address):
        raise SettingsError("LETOPIS_TRACES: нужен адрес вида http://сборщик:4318/v1/traces.")
    return address


def _smtp(environ: Mapping[str, str]) -> str | None:
    url = _secret(environ, "LETOPIS_SMTP_URL")
    if url is not None and not re.fullmatch(r"smtps?://[^/\s]+", url):
        raise SettingsError("LETOPIS_SMTP_URL: нужен адрес вида smtp://имя:пароль@сервер:порт.")
    return url


def _provider(environ: Mapping[str, str]) -> dict[str, Any]:
    """All of the provider, or nothing of it. Raises SettingsError."""
    names = ("LETOPIS_OIDC_ISSUER", "LETOPIS_OIDC_CLIENT_ID")
    given = {
        **{name: environ.get(name, "").strip() or None for name in names},
        "LETOPIS_OIDC_CLIENT_SECRET": _secret(environ, "LETOPIS_OIDC_CLIENT_SECRET"),
    }
    if not any(given.values()):
        return {}
    if lacking := [name for name, value in given.items() if value is None]:
        raise SettingsError(f"Вход через поставщика настроен не весь: нет {', '.join(lacking)}.")
    issuer = str(given["LETOPIS_OIDC_ISSUER"])
    parts = urlsplit(issuer)
    local = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not parts.hostname or not (parts.scheme == "https" or local) or parts.query:
        message = f"LETOPIS_OIDC_ISSUER: нужен адрес https://…, а задано «{issuer}»."
        raise SettingsError(message)
    return {
        "oidc_issuer": issuer,
        "oidc_client_id": given["LETOPIS_OIDC_CLIENT_ID"],
        "oidc_client_secret": given["LETOPIS_OIDC_CLIENT_SECRET"],
        "oidc_name": values.text(environ, "LETOPIS_OIDC_NAME"),
    }


def _secret(environ: Mapping[str, str], name: str) -> str | None:
    direct, file = environ.get(name), environ.get(f"{name}_FILE")
    if file is not None:
        written = _read_file(Path(file))
        if direct is not None and direct.strip() != written:
            message = f"{name} и {name}_FILE говорят разное: оставьте что-нибудь одно."
            raise SettingsError(message)
        direct = written
    if direct is None:
        return None
    if not direct.strip():
        message = f"Настройка {name} пуста: задайте значение или уберите переменную."
        raise SettingsError(message)
    return direct.strip()


def _read_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"Не читается файл секрета {path}: {error}."
        raise SettingsError(message) from error


def _checked_secret(secret: str, source: str) -> str:
    if len(secret) < MIN_SECRET_LENGTH:
        message = (
            f"{source}: секрет короче {MIN_SECRET_LENGTH} знаков. Годится, например, вывод команды "
            "`python3 -c 'import secrets; print(secrets.token_hex(32))'`."
        )
        raise SettingsError(message)
    return secret


def _installation_secret(environ: Mapping[str, str], url: str | None, data_dir: Path) -> str:
    given = _secret(environ, "LETOPIS_SECRET")
    if given is not None:
        return _checked_secret(given, "LETOPIS_SECRET")
    if url is not None:
        message = (
            "Задан DATABASE_URL, но нет LETOPIS_SECRET или LETOPIS_SECRET_FILE: "
            "из секрета выводятся пароли ролей базы, и придумать его за вас нельзя."
        )
        raise SettingsError(message)
    return secret_in(data_dir)


def _check_database_url(url: str) -> None:
    if urlsplit(url).scheme not in {"postgresql", "postgres"}:
        message = "DATABASE_URL должен начинаться с postgresql://"
        raise SettingsError(message)


def _origin(environ: Mapping[str, str]) -> str | None:
    text = environ.get("LETOPIS_PUBLIC_ORIGIN")
    if text is None:
        return None
    parts = urlsplit(text.strip())
    whole = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in {"http", "https"} or not parts.netloc or whole != text.strip():
        message = (
            f"LETOPIS_PUBLIC_ORIGIN: нужен адрес вида https://journal.school.ru, без пути и косой "
            f"черты в конце, а задано «{text}»."
        )
        raise SettingsError(message)
    return whole
