"""The command line, as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from pypdf import PdfReader

from api.cli import main, parser
from api.commands import doctor_machine
from projections.postgres.settings import Settings
from tests.api.ground import Clock, running
from tests.api.test_office import ORDERS
from tests.cast import ALLA
from tests.conftest import SECRET
from tests.house.commands import subcommands

Say = Callable[..., tuple[int, str]]


@pytest.fixture
def letopis(
    kukarino: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Say:
    """`letopis("school", "list")`: exit code and what was printed."""
    monkeypatch.setenv("DATABASE_URL", kukarino)
    monkeypatch.setenv("LETOPIS_SECRET", SECRET)

    def say(*words: str) -> tuple[int, str]:
        try:
            code = main(words)
        except SystemExit as ended:
            code = int(ended.code or 0)
        return code, capsys.readouterr().out

    return say


def rows(said: tuple[int, str]) -> list[dict[str, Any]]:
    """What a command printed as JSON."""
    code, out = said
    assert code == 0
    found: list[dict[str, Any]] = json.loads(out)
    return found


def test_migrating_again_does_no_harm(letopis: Say) -> None:
    assert letopis("migrate") == (0, "Роли и таблицы такие, как нужно.\n")


def test_schools_are_added_and_listed(letopis: Say) -> None:
    name = ("--name", "Заречная школа")
    assert letopis("school", "add", "zarechnaya", *name, "--json")[0] == 0
    assert letopis("school", "add", "zarechnaya", *name)[0] == 1
    assert letopis("school", "add", "Заречная", *name)[0] == 2
    assert letopis("school", "add", "other", *name, "--zone", "Europe/Kukarino")[0] == 2

    slugs = [one["slug"] for one in rows(letopis("school", "list", "--json"))]
    assert slugs == ["kukarino", "zarechnaya"]


def test_a_year_is_opened_from_a_file(letopis: Say, tmp_path: Path) -> None:
    file = tmp_path / "year.json"
    file.write_text(json.dumps(ORDERS["/years"]), encoding="utf-8")

    [opened] = rows(letopis("school", "year", str(file), "--json"))

    assert (opened["school"], opened["year"]) == ("kukarino", 2027)
    file.write_text('{"year": "скоро"}', encoding="utf-8")
    assert letopis("school", "year", str(file))[0] == 2


def test_a_new_user_signs_in_and_is_shut_out(letopis: Say, kukarino: str, tmp_path: Path) -> None:
    person = ("--name", "Новикова Нина Николаевна", "--role", "secretary")
    [issued] = rows(letopis("user", "add", "Novikova", *person, "--json"))

    settings = Settings(data_dir=tmp_path, secret=SECRET, database_url=kukarino, pool_max=4)
    with running(settings, Clock()) as client:
        credentials = {"login": issued["login"], "password": issued["password"]}
        answer = client.post("/api/v1/session", json=credentials)
        assert answer.json()["must_change_password"] is True

    assert letopis("user", "revoke", "novikova", "--json")[0] == 0
    listed = {one["login"]: one for one in rows(letopis("user", "list", "--json"))}
    assert listed["novikova"]["disabled"] is True
    assert listed["anna"]["disabled"] is False
    with psycopg.connect(kukarino) as conn:
        [(living,)] = conn.execute(
            "SELECT count(*) FROM school_kukarino.session WHERE revoked IS NULL"
        ).fetchall()
    assert living == 0


def test_slips_of_a_class_come_as_a_file_that_only_its_owner_reads(
    letopis: Say, tmp_path: Path
) -> None:
    file = tmp_path / "7а.pdf"
    words = ("user", "issue", "--class", "7а", "--slips", str(file), "--json")

    [issued] = rows(letopis(*words))  # everybody else of 7а signs in already

    assert (issued["login"], issued["password"]) == ("elkin.e", "в файле")
    assert file.stat().st_mode & 0o777 == 0o600
    text = PdfReader(file).pages[0].extract_text()
    assert "Ёлкин Егор, 7а" in text
    assert "elkin.e" in text
    assert letopis(*words)[0] == 1  # a slip is never overwritten
    other = tmp_path / "ещё.pdf"
    assert letopis("user", "issue", "--class", "9я", "--slips", str(other))[0] == 1
    assert not other.exists()


def test_a_slip_of_a_new_colleague_has_the_name(letopis: Say, tmp_path: Path) -> None:
    file = tmp_path / "slip.pdf"
    person = ("--name", "Новикова Нина Николаевна", "--slip", str(file))

    rows(letopis("user", "add", "novikova", *person, "--json"))

    assert "Новикова Нина Николаевна" in PdfReader(file).pages[0].extract_text()


def test_a_user_is_somebody(letopis: Say) -> None:
    assert letopis("user", "add", "somebody")[0] == 2
    assert letopis("user", "add", "anna", "--person", ALLA)[0] == 1  # the login is Anna's
    assert letopis("user", "revoke", "nobody")[0] == 1
    assert letopis("user", "list", "--school", "nowhere")[0] == 1


def test_who_is_to_be_appointed_in_a_year_that_is_not_opened_is_not_registered_either(
    letopis: Say,
) -> None:
    assert letopis("school", "add", "second", "--name", "Вторая")[0] == 0
    alla = ("--name", "Абрамова Алла", "--role", "administrator", "--school", "second")
    assert letopis("user", "add", "alla", *alla)[0] == 1
    assert letopis("school", "year", "--typical", "2026", "--school", "second")[0] == 0
    assert len(rows(letopis("user", "list", "--school", "second", "--json"))) == 0


def test_a_replay_agrees_row_by_row(letopis: Say, kukarino: str) -> None:
    code, out = letopis("replay", "--json")
    assert (code, json.loads(out)["differing"]) == (0, 0)
    assert "Всё сошлось" in letopis("replay", "--year", "2026")[1]
    assert letopis("replay", "--year", "1999")[0] == 1
    assert letopis("replay", "--as-of", "вчера")[0] == 2

    with psycopg.connect(kukarino) as conn:
        conn.execute("UPDATE school_kukarino.directory_subject SET name = 'Магия'")
    code, out = letopis("replay")
    assert code == 1
    assert "directory_subject: другая" in out


def test_the_doctor_says_what_is_wrong(letopis: Say, kukarino: str) -> None:
    code, out = letopis("doctor", "--json")
    bad = [one["what"] for one in json.loads(out) if not one["good"]]
    assert code == 1
    assert bad == ["печать школы kukarino", "расписание школы kukarino"]  # nobody is at work
    with psycopg.connect(kukarino) as conn:
        conn.execute("DELETE FROM school_kukarino.migration WHERE name LIKE '0003%'")

    code, out = letopis("doctor", "--json")

    assert code == 1
    bad = [one for one in json.loads(out) if not one["good"]]
    assert [one["what"] for one in bad] == ["таблицы"]
    assert "0003" in bad[0]["found"]


def test_the_doctor_looks_at_disks_clocks_and_versions(
    letopis: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked() -> dict[str, tuple[bool, str]]:
        found = json.loads(letopis("doctor", "--json")[1])
        return {one["what"]: (one["good"], one["found"]) for one in found}

    def roomy(_: Path) -> SimpleNamespace:
        return SimpleNamespace(total=1e12, free=5e11)

    monkeypatch.setenv("LETOPIS_DATA_DIR", str(Path.cwd()))
    monkeypatch.setattr("shutil.disk_usage", roomy)  # not that of whoever runs the tests
    for what in ("Летопись", "Python", "PostgreSQL", "часы", "место на диске: данные"):
        assert looked()[what][0], what

    class Fast(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Fast:
            return cls.fromtimestamp(datetime.now(UTC).timestamp() + 60, tz)

    def full(_: Path) -> SimpleNamespace:
        return SimpleNamespace(total=1e12, free=1e9)

    monkeypatch.setattr(doctor_machine, "datetime", Fast)
    monkeypatch.setattr("shutil.disk_usage", full)
    found = looked()
    assert not found["часы"][0]
    assert not found["место на диске: данные"][0]
    assert "свободно 1.0 ГБ из 1000.0" in found["место на диске: данные"][1]


def test_a_slow_answer_of_the_database_is_no_wrong_clock(
    letopis: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = iter((-30, 30))  # seconds: asked long before, answered long after

    class Crowded(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Crowded:
            return cls.fromtimestamp(datetime.now(UTC).timestamp() + next(late), tz)

    monkeypatch.setattr(doctor_machine, "datetime", Crowded)
    found = {one["what"]: one for one in json.loads(letopis("doctor", "--json")[1])}
    assert found["часы"]["good"]
    assert "расходятся на 0.0 с" in found["часы"]["found"]


def test_a_database_that_is_away_is_told_in_a_sentence(
    letopis: Say, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")

    for words in (("migrate",), ("school", "list"), ("replay",)):
        assert main(words) == 1
        assert "База из DATABASE_URL не отвечает" in capsys.readouterr().err


def test_there_is_no_demonstration_in_a_real_school(letopis: Say) -> None:
    assert letopis("demo")[0] == 1


def test_every_command_helps_in_russian(letopis: Say) -> None:
    for name in sorted(subcommands() - {"bench"}):  # the benchmarks are for those who build
        code, out = letopis(name, "--help")
        assert code == 0
        assert any("а" <= letter <= "я" for letter in out), name
    assert letopis("no-such-command")[0] == 2
    assert parser("up").prog == "letopis"
