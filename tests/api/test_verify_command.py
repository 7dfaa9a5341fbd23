"""`letopis verify` and what others say of checks: a finding is named, and is hard to overlook."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.cli import main
from projections.merkle import leaf_hash
from projections.postgres.settings import Settings
from projections.seals.checkpoint import Checkpoint, Receipt
from projections.seals.note import Note, SigningKey
from projections.seals.signer import LAST
from tests.api.ground import SLUG, Clock, project, running
from tests.cast import SCHOOL
from tests.conftest import SECRET

Say = Callable[..., tuple[int, str]]

KEY = SigningKey(SCHOOL, b"a key".ljust(32))


@pytest.fixture
def letopis(
    kukarino: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> Say:
    """`letopis("verify")`: exit code and what was printed."""
    monkeypatch.setenv("DATABASE_URL", kukarino)
    monkeypatch.setenv("LETOPIS_SECRET", SECRET)
    monkeypatch.setenv("LETOPIS_DATA_DIR", str(home))

    def say(*words: str) -> tuple[int, str]:
        try:
            code = main(words)
        except SystemExit as ended:
            code = int(ended.code or 0)
        project(kukarino)
        return code, capsys.readouterr().out

    return say


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The data directory: seals would be there."""
    return tmp_path


def spoil(url: str) -> int:
    """A superuser changes a row; answers its position."""
    with psycopg.connect(url) as conn:
        conn.execute(f"ALTER TABLE school_{SLUG}.facts DISABLE TRIGGER ALL")
        conn.execute(
            f"UPDATE school_{SLUG}.facts SET state = state || ' '::bytea WHERE notification_id = 11"
        )
    return 11


@pytest.fixture
def spoilt(kukarino: str) -> int:
    """A row that a superuser has changed: its position."""
    return spoil(kukarino)


def head(url: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute(f"SELECT last FROM school_{SLUG}.head").fetchone()
    assert row is not None
    return int(row[0])


def a_note(size: int) -> str:
    """A checkpoint of ours over a log that never was."""
    text = str(Checkpoint(SCHOOL, size, b"\1" * 32))
    return f"{text}\n{KEY.sign(text)}"


def test_a_whole_log_agrees_and_the_log_says_that_it_was_looked_at(
    letopis: Say, kukarino: str
) -> None:
    before = head(kukarino)

    code, out = letopis("verify", "--json")

    said = json.loads(out)
    assert (code, said["found"], said["findings"]) == (0, 0, [])
    assert said["facts"] == said["position"] == before
    assert said["recorded"] == head(kukarino) == before + 1
    assert "Всё сошлось" in letopis("verify")[1]


def test_a_look_leaves_no_trace_when_asked_to(letopis: Say, kukarino: str) -> None:
    before = head(kukarino)

    assert letopis("verify", "--no-record")[0] == 0
    assert letopis("replay", "--no-record")[0] == 0

    assert head(kukarino) == before


def test_a_note_about_a_check_does_not_leave_the_tree_behind(kukarino: str, letopis: Say) -> None:
    """No projector runs here, and a minute later the next check must agree as well."""
    assert main(["verify"]) == 0

    with psycopg.connect(kukarino) as conn:
        row = conn.execute(
            f"SELECT position FROM school_{SLUG}.bookmark WHERE name = 'tree_v1'"
        ).fetchone()
    assert row == (head(kukarino),)


def test_the_first_wrong_row_is_named(letopis: Say, spoilt: int) -> None:
    code, out = letopis("verify")

    assert code == 1
    assert f"Первая неверная запись (позиция поток/версия): {spoilt} " in out
    assert "строка — не та, что стоит под печатью" in out

    said = json.loads(letopis("verify", "--json")[1])
    assert said["first_wrong_row"].startswith(f"{spoilt} ")
    assert said["findings"][0]["kind"] == "leaf"


def test_a_database_that_cannot_be_written_is_verified_all_the_same(
    letopis: Say, kukarino: str, spoilt: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = head(kukarino)
    name = kukarino.partition("@/")[2].partition("?")[0]
    with psycopg.connect(kukarino, autocommit=True) as conn:
        conn.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')

    assert main(["verify"]) == 1

    said = capsys.readouterr()
    assert f": {spoilt} " in said.out
    assert "итог проверки не записан" in said.err
    assert head(kukarino) == before


def test_a_log_that_cannot_be_folded_is_reported_and_noted_all_the_same(
    kukarino: str, letopis: Say, spoilt: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(kukarino) as conn:
        conn.execute(
            f"UPDATE school_{SLUG}.facts SET state = 'no fact' WHERE notification_id = %s",
            (spoilt,),
        )
        conn.execute(f"UPDATE school_{SLUG}.bookmark SET position = 5")
    before = head(kukarino)

    assert main(["verify"]) == 1

    said = capsys.readouterr()
    assert "запись не читается" in said.out
    assert "записи не сложить" in said.err
    assert head(kukarino) == before + 1


def test_a_note_from_outside_is_compared(letopis: Say, kukarino: str, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_bytes(a_note(head(kukarino)).replace("\n", "\r\n").encode())

    code, out = letopis("verify", "--note", str(file), "--no-record")
    assert (code, "unsigned" in out) == (1, True)  # a key that the log does not know

    key = ("--key", str(KEY.verifier))
    code, out = letopis("verify", "--note", str(file), *key, "--no-record")
    assert code == 1
    assert f"печать, хранившаяся снаружи, говорит иное — 1 {head(kukarino)}\n" in out

    file.write_text(a_note(head(kukarino) + 5), encoding="utf-8")
    out = letopis("verify", "--note", str(file), *key, "--no-record")[1]
    assert f"1 {head(kukarino) + 5} > {head(kukarino)}" in out

    assert letopis("verify", "--note", str(tmp_path / "nowhere"))[0] == 2
    assert letopis("verify", "--key", "no key")[0] == 2


def test_what_is_no_note_accuses_nobody_and_is_not_noted(
    letopis: Say, kukarino: str, tmp_path: Path
) -> None:
    before = head(kukarino)
    file = tmp_path / "paper.txt"
    text = str(Checkpoint(SCHOOL, 1, leaf_hash(b"five")))
    altered = Receipt(b"four", 0, (), Note.parse(f"{text}\n{KEY.sign(text)}"))

    for brought in (b"\xff no note", str(altered).encode()):
        file.write_bytes(brought)
        assert letopis("verify", "--note", str(file)) == (1, "")

    assert head(kukarino) == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_note_is_read_as_notepad_saves_it(
    letopis: Say, kukarino: str, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "letter.txt"
    file.write_bytes(a_note(head(kukarino)).replace("\n", " \r\n").encode(encoding))

    key = ("--key", str(KEY.verifier))
    out = letopis("verify", "--note", str(file), *key, "--no-record")[1]

    assert f"говорит иное — 1 {head(kukarino)}\n" in out  # by its root, not for its form


def test_the_sealers_own_last_note_is_compared(letopis: Say, kukarino: str, home: Path) -> None:
    room = home / "seals" / SCHOOL
    room.mkdir(parents=True)
    (room / LAST).write_text(a_note(head(kukarino) + 1), encoding="utf-8")

    code, out = letopis("verify", "--key", str(KEY.verifier), "--no-record")

    assert code == 1
    assert "последняя печать у хранителя говорит иное" in out


def test_a_finding_rings_in_the_metrics_and_at_the_doctors(
    letopis: Say, kukarino: str, tmp_path: Path, clock: Clock
) -> None:
    assert letopis("replay")[0] == 0
    spoil(kukarino)
    assert letopis("verify")[0] == 1

    code, out = letopis("doctor")
    assert code == 1
    assert "✗ полная проверка журнала, школа kukarino: найдено 1" in out
    assert "воспроизведение учебного года, школа kukarino: всё сошлось" in out

    settings = Settings(data_dir=tmp_path, secret=SECRET, database_url=kukarino, pool_max=4)
    with running(settings, clock) as client:
        figures = metrics(client)
    assert figures['letopis_check_findings{school="kukarino",kind="verification"}'] == "1"
    assert figures['letopis_check_findings{school="kukarino",kind="replay"}'] == "0"


def metrics(client: TestClient) -> dict[str, str]:
    """Figures by name."""
    lines = client.get("/metrics").text.splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
