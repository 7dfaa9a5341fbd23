"""Settings say what they are, and refuse aloud what they are not."""

from __future__ import annotations

import stat
from datetime import time
from pathlib import Path

import pytest

from projections.postgres.settings import (
    Settings,
    SettingsError,
    role_password,
    secret_in,
    without_settings,
)
from projections.postgres.settings_list import SETTINGS
from projections.postgres.settings_table import settings_page

ROOT = Path(__file__).parents[2]
SECRET = "s" * 32
URL = "postgresql://owner:word@db/letopis"


def test_the_page_of_settings_is_the_table_of_settings() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    assert page == settings_page(), (
        "run: python -m projections.postgres.settings_table > docs/settings.md"
    )


def test_defaults_are_those_of_the_page(tmp_path: Path) -> None:
    settings = Settings.from_env({"LETOPIS_DATA_DIR": str(tmp_path)})

    assert settings == Settings(data_dir=tmp_path, secret=settings.secret)


@pytest.mark.parametrize(
    "given",
    [
        {"LETOPIS_OIDC_ISSUER": "https://id.example"},
        {"LETOPIS_OIDC_CLIENT_SECRET": "a word"},
        *(
            {
                "LETOPIS_OIDC_ISSUER": issuer,
                "LETOPIS_OIDC_CLIENT_ID": "letopis",
                "LETOPIS_OIDC_CLIENT_SECRET": "a word",
            }
            for issuer in ("http://id.example", "id.example", "https://id.example?x=1")
        ),
    ],
)
def test_a_provider_is_whole_and_speaks_https(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        Settings.from_env({"LETOPIS_DATA_DIR": str(tmp_path)} | given)


def test_every_setting_reaches_the_program() -> None:
    given = {
        "LETOPIS_DATA_DIR": "/srv/letopis",
        "DATABASE_URL": URL,
        "LETOPIS_SECRET": SECRET,
        "LETOPIS_HOST": "0.0.0.0",  # noqa: S104 - only a value
        "LETOPIS_PORT": "9000",
        "LETOPIS_PUBLIC_ORIGIN": "https://journal.school.example",
        "LETOPIS_POOL_MIN": "2",
        "LETOPIS_POOL_MAX": "20",
        "LETOPIS_CONNECT_TIMEOUT_S": "5",
        "LETOPIS_SCHOOL_AT_ONCE": "48",
        "LETOPIS_STAFF_IDLE_MIN": "15",
        "LETOPIS_SESSIONS_MAX": "3",
        "LETOPIS_STEP_UP_MIN": "7",
        "LETOPIS_SECOND_FACTOR": "deputy,director",
        "LETOPIS_SEAL_DIR": "/srv/seals",
        "LETOPIS_SEAL_EVERY_S": "30",
        "LETOPIS_DAY_CLOSE": "19:30",
        "LETOPIS_PUBLISH_DIR": "/mnt/published",
        "LETOPIS_ARCHIVE_DIR": "/srv/archives",
        "LETOPIS_BACKUP_DIR": "/mnt/copies",
        "LETOPIS_BACKUP_KEEP": "14",
        "LETOPIS_SMTP_URL": "smtp://letopis:word@mail.example:587",
        "LETOPIS_SEAL_MAIL_TO": "auditor@city.example,parents@school.example",
        "LETOPIS_WEBHOOK_PRIVATE": "yes",
        "LETOPIS_PUSH_CONTACT": "mailto:it@school.example",
        "LETOPIS_LOG_LEVEL": "debug",
        "LETOPIS_LOG_FORMAT": "json",
        "LETOPIS_TRACES": "http://collector:4318/v1/traces",
        "LETOPIS_OIDC_ISSUER": "https://id.example",
        "LETOPIS_OIDC_CLIENT_ID": "letopis",
        "LETOPIS_OIDC_CLIENT_SECRET": "a word",
        "LETOPIS_OIDC_NAME": "Единый вход края",
    }
    assert set(given) == {setting.name for setting in SETTINGS}

    settings = Settings.from_env(given)

    assert settings == Settings(
        data_dir=Path("/srv/letopis"),
        secret=SECRET,
        database_url=URL,
        host="0.0.0.0",  # noqa: S104 - only a value
        port=9000,
        public_origin="https://journal.school.example",
        pool_min=2,
        pool_max=20,
        connect_timeout_s=5.0,
        school_at_once=48,
        staff_idle_min=15,
        sessions_max=3,
        step_up_min=7,
        second_factor=frozenset({"director", "deputy"}),
        seal_dir=Path("/srv/seals"),
        seal_every_s=30,
        day_close=time(19, 30),
        publish_dir=Path("/mnt/published"),
        archive_dir=Path("/srv/archives"),
        backup_dir=Path("/mnt/copies"),
        backup_keep=14,
        smtp_url="smtp://letopis:word@mail.example:587",
        webhook_private=True,
        push_contact="mailto:it@school.example",
        seal_mail_to=("auditor@city.example", "parents@school.example"),
        log_level="debug",
        log_format="json",
        traces="http://collector:4318/v1/traces",
        oidc_issuer="https://id.example",
        oidc_client_id="letopis",
        oidc_client_secret="a word",
        oidc_name="Единый вход края",
    )
    assert settings.environment() == given  # a child process reads the same


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"LETOPIS_PROT": "80"}, "Неизвестная настройка LETOPIS_PROT. Может быть, LETOPIS_PORT?"),
        ({"LETOPIS_PORT": "80a"}, "LETOPIS_PORT: нужно целое число от 0 до 65535, а задано «80a»"),
        ({"LETOPIS_PORT": "70000"}, "LETOPIS_PORT: нужно целое число от 0 до 65535"),
        ({"LETOPIS_PORT": " "}, "LETOPIS_PORT пуста"),
        ({"LETOPIS_LOG_LEVEL": "loud"}, "годится одно из debug, info, warning, error"),
        ({"LETOPIS_POOL_MIN": "11"}, r"LETOPIS_POOL_MIN \(11\) больше"),
        ({"LETOPIS_SECRET": "short"}, "короче 32 знаков"),
        ({"LETOPIS_SECRET": ""}, "LETOPIS_SECRET пуста"),
        ({"LETOPIS_SECRET": SECRET, "LETOPIS_SECRET_FILE": __file__}, "говорят разное"),
        ({"LETOPIS_SECRET_FILE": "/no/such/file"}, "Не читается файл секрета /no/such/file"),
        ({"DATABASE_URL": URL}, "нет LETOPIS_SECRET или LETOPIS_SECRET_FILE"),
        ({"DATABASE_URL": "mysql://x"}, "должен начинаться с postgresql://"),
        ({"LETOPIS_DAY_CLOSE": "24:00"}, "LETOPIS_DAY_CLOSE: нужно время вида 18:00"),
        ({"LETOPIS_TRACES": "collector:4318"}, "нужен адрес вида http"),
        ({"LETOPIS_SMTP_URL": "mail.example"}, "нужен адрес вида smtp://"),
        ({"LETOPIS_SEAL_MAIL_TO": "a@b.example, auditor"}, "а среди них «auditor»"),
        ({"LETOPIS_SECOND_FACTOR": "director,boss"}, "роли «boss» нет; годятся administrator"),
        ({"LETOPIS_PUBLIC_ORIGIN": "journal.school.example"}, "нужен адрес вида https://"),
        ({"LETOPIS_PUBLIC_ORIGIN": "https://school.example/journal"}, "без пути"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_in_russian(
    tmp_path: Path, environ: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingsError, match=sentence):
        Settings.from_env({"LETOPIS_DATA_DIR": str(tmp_path)} | environ)


def test_secrets_may_come_by_file(tmp_path: Path) -> None:
    for name, value in (("url", URL), ("secret", SECRET)):
        (tmp_path / name).write_text(f"{value}\n", encoding="utf-8")

    given = {
        "DATABASE_URL_FILE": str(tmp_path / "url"),
        "LETOPIS_SECRET_FILE": str(tmp_path / "secret"),
    }

    settings = Settings.from_env(given)

    assert (settings.database_url, settings.secret) == (URL, SECRET)
    # A child gets the values beside the names of the files: no contradiction.
    assert Settings.from_env(given | settings.environment()) == settings


def test_the_secret_of_an_embedded_database_is_made_once_and_kept_private(tmp_path: Path) -> None:
    made = secret_in(tmp_path / "data")

    assert secret_in(tmp_path / "data") == made
    assert secret_in(tmp_path / "other") != made
    assert len(made) == 64
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret"]


def test_every_role_has_its_own_password_and_it_never_changes() -> None:
    assert role_password(SECRET, "letopis_reader") != role_password(SECRET, "letopis_writer")
    assert role_password(SECRET, "letopis_reader") == (
        Settings(data_dir=Path(), secret=SECRET).role_password("letopis_reader")
    )
    assert len(role_password(SECRET, "letopis_reader")) == 64


def test_a_child_can_be_started_without_our_settings() -> None:
    assert without_settings({"PATH": "/bin", "LETOPIS_PORT": "1", "DATABASE_URL_FILE": "x"}) == {
        "PATH": "/bin"
    }
