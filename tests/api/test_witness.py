"""The witness as a program: over HTTP, without PostgreSQL, killed and started again."""

from __future__ import annotations

import logging
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.cli import main
from api.witness import MOST_BYTES, create_app
from projections.postgres.settings import without_settings
from projections.seals.note import WITNESS, Note, SigningKey, VerifierKey
from projections.seals.witness_memory import Memory
from projections.seals.witnessing import Witness
from scheduler.sealing.witnesses import WitnessBehind, WitnessRefused, cosign
from tests.projections.seals.small_log import KEY, ORIGIN, SmallLog, rewritten

ROOT = Path(__file__).parents[2]
NAME = "control.example/w1"
NOW = 1_790_000_000  # 21 September 2026, 14:13:20 UTC
LOG = SmallLog()
WAIT_S = 30.0


# --- the application --------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestClient]:
    """The witness's site; its memory is `witness.sqlite`."""
    with site_on(tmp_path, SigningKey(NAME, b"w" * 32, WITNESS)) as client:
        yield client


@contextmanager
def site_on(directory: Path, key: SigningKey) -> Iterator[TestClient]:
    memory = Memory.begin(directory / "witness.sqlite")
    app = create_app(Witness(key, [KEY.verifier], memory), clock=lambda: NOW + 0.9)
    with TestClient(app) as client:
        yield client


def test_a_signature_is_a_line_of_plain_text(site: TestClient) -> None:
    answer = site.post("/add-checkpoint", content=LOG.growth(0, 5))

    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/plain; charset=utf-8",
    )
    [line] = answer.text.splitlines(keepends=True)
    assert line == SigningKey(NAME, b"w" * 32, WITNESS).sign(LOG.note(5).text, NOW)


def test_whoever_is_behind_gets_the_size_in_its_own_type(site: TestClient) -> None:
    site.post("/add-checkpoint", content=LOG.growth(0, 5))

    answer = site.post("/add-checkpoint", content=LOG.growth(0, 8))

    assert (answer.status_code, answer.text) == (409, "5\n")
    assert answer.headers["content-type"] == "text/x.tlog.size"


def test_only_posts_are_taken(site: TestClient) -> None:
    assert site.get("/add-checkpoint").status_code == 405
    assert site.post("/", content=LOG.growth(0, 5)).status_code == 405
    assert site.get("/docs").status_code == 404


def test_a_body_is_not_read_beyond_the_limit(site: TestClient) -> None:
    fed = 0

    def body() -> Iterator[bytes]:
        nonlocal fed
        yield b"old 0\n"
        for _ in range(100):
            fed += 1
            yield b"A" * (MOST_BYTES // 4)

    assert site.post("/add-checkpoint", content=b"A" * MOST_BYTES).status_code == 400
    assert site.post("/add-checkpoint", content=b"A" * (MOST_BYTES + 1)).status_code == 413
    assert site.post("/add-checkpoint", content=body()).status_code == 413


def test_the_page_says_what_was_seen(site: TestClient) -> None:
    before = site.get("/")
    site.post("/add-checkpoint", content=LOG.growth(0, 5))
    after = site.get("/")

    assert before.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in before.headers["content-security-policy"]
    assert "ещё ничего не присылал" in before.text
    assert f"<code>{ORIGIN}</code>" in before.text
    assert str(SigningKey(NAME, b"w" * 32, WITNESS).verifier) in before.text
    assert "записей: 5, последняя подпись 21.09.2026 14:13 UTC" in after.text
    assert LOG.note(5).text.split("\n")[2] in after.text


def test_a_name_cannot_be_a_piece_of_the_page(tmp_path: Path) -> None:
    with site_on(tmp_path, SigningKey("<b>&w1", b"w" * 32, WITNESS)) as site:
        assert "<code>&lt;b&gt;&amp;w1" in site.get("/").text


def test_without_its_memory_it_is_out_of_order(
    site: TestClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "witness.sqlite").unlink()

    assert site.post("/add-checkpoint", content=LOG.growth(0, 5)).status_code == 503
    assert site.get("/").status_code == 503
    assert "nothing was signed" in caplog.text


def test_a_rewritten_journal_is_written_down(
    site: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)  # the client of the test tells of its requests below it
    site.post("/add-checkpoint", content=LOG.growth(0, 5))
    site.post("/add-checkpoint", content=LOG.growth(0, 8))
    assert caplog.text == ""

    assert site.post("/add-checkpoint", content=rewritten(2).growth(5, 8)).status_code == 422
    assert str(rewritten(2).note(8)) in caplog.text


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A site that many requests are thrown at."""
    directory = tmp_path_factory.mktemp("witness")
    with site_on(directory, SigningKey(NAME, b"w" * 32, WITNESS)) as client:
        yield client


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 300))
def test_nothing_that_is_sent_breaks_it(standing: TestClient, noise: bytes, at: int) -> None:
    honest = LOG.growth(0, 5)
    for body in (noise, honest[:at] + noise, noise + honest[at:]):
        status = standing.post("/add-checkpoint", content=body).status_code
        assert status in {400, 403, 404} or body == honest


# --- the program ------------------------------------------------------------------------------


class Program:
    """A running `letopis witness`."""

    def __init__(self, state: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api", "witness", "--state", state, "--port", "0", *words],
            cwd=state.parent,
            env=without_settings(os.environ) | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.lines: list[str] = []
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.fullmatch(r"(\S+) (http://127\.0\.0\.1:\d+)\n", line):
                self.key = VerifierKey.parse(found[1])
                self.url = found[2]
                return
        raise RuntimeError("".join(self.lines))

    def end(self, how: signal.Signals) -> int:
        """Its exit code."""
        assert self.process.stdout is not None
        self.process.send_signal(how)
        code = self.process.wait(WAIT_S)
        self.process.stdout.close()
        return code

    def ask(self, old: int, size: int, log: SmallLog = LOG) -> str:
        """What a log does."""
        note = str(log.note(size))
        return cosign(self.url, self.key, old, log.proof(old, size), note, WAIT_S)


@contextmanager
def program(state: Path, *words: str, how: signal.Signals = signal.SIGTERM) -> Iterator[Program]:
    running = Program(state, *words)
    try:
        yield running
    finally:
        code = running.end(how)
    assert code == -how  # it lays down what it holds, then ends as it was told to


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


LOG_WORDS = ("--log", str(KEY.verifier))


def test_a_log_and_its_witness_meet(state: Path) -> None:
    with program(state, *LOG_WORDS, "--name", NAME) as witness:
        line = witness.ask(0, 5)
        assert witness.key.name == NAME
        [time] = Note.parse(f"{LOG.note(5)}{line}").verify([witness.key]).values()
        assert time > NOW
        with pytest.raises(WitnessBehind, match="5") as behind:
            witness.ask(0, 8)
        witness.ask(behind.value.size, 8)
        with pytest.raises(WitnessRefused, match="422"):
            witness.ask(8, 12, rewritten(3))
        with pytest.raises(WitnessRefused, match="409: Журнал раздвоился"):
            witness.ask(8, 8, rewritten(3))
        with pytest.raises(WitnessRefused, match="403"):
            witness.ask(8, 12, SmallLog(key=SigningKey(ORIGIN, b"o" * 32)))
        with pytest.raises(WitnessRefused, match="404"):
            witness.ask(8, 12, SmallLog(key=SigningKey("stranger", b"k" * 32)))
    assert list(state.parent.iterdir()) == [state]  # no data directory, no database
    assert stat.S_IMODE((state / "witness.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_what_was_signed_outlives_a_kill(state: Path) -> None:
    with program(state, *LOG_WORDS, how=signal.SIGKILL) as witness:
        witness.ask(0, 5)
        key = witness.key

    with program(state) as again:  # the logs of the last start
        assert again.key == key
        with pytest.raises(WitnessBehind, match="5"):
            again.ask(0, 3)
        with pytest.raises(WitnessRefused, match="422"):
            again.ask(5, 8, rewritten(3))
        again.ask(5, 8)


def test_of_twenty_requests_at_once_one_is_signed(state: Path) -> None:
    def outcome(size: int) -> int:
        try:
            running.ask(0, size)
        except WitnessBehind as behind:
            return behind.size
        return 0

    with program(state, *LOG_WORDS) as running, ThreadPoolExecutor(20) as crowd:
        sizes = list(range(1, 21))
        outcomes = list(crowd.map(outcome, sizes))
        winner = sizes[outcomes.index(0)]
    assert sorted(outcomes) == [0] + [winner] * 19


# --- its command line -------------------------------------------------------------------------


@pytest.fixture
def witnessed(state: Path) -> Path:
    """The state of a witness that has seen five and eight leaves."""
    state.mkdir()
    memory = Memory.begin(state / "witness.sqlite")
    with memory.alone() as page:
        page.watch([KEY.verifier])
    witness = Witness(SigningKey(NAME, b"w" * 32, WITNESS), [KEY.verifier], memory)
    assert witness.add_checkpoint(LOG.growth(0, 5), NOW).status == 200
    assert witness.add_checkpoint(LOG.growth(5, 8), NOW + 60).status == 200
    return state


@pytest.mark.parametrize(
    ("note", "code", "words"),
    [
        (
            str(LOG.note(5)),
            0,
            "Сходится: эти 5 записей .* подписал 21.09.2026 14:13 UTC",
        ),
        (str(LOG.note(8)), 0, "Сходится: эти 8"),
        (str(rewritten(2).note(5)), 1, f"РАСХОДИТСЯ.*{re.escape(str(LOG.note(5)))}"),
        (str(LOG.note(6)), 1, "Ровно 6 записей свидетель не видел"),
        (str(LOG.note(9)), 1, "Таким длинным свидетель журнала не видел: у него 8 записей"),
        (str(SmallLog(key=SigningKey(ORIGIN, b"o" * 32)).note(5)), 1, "Печать не подписана ключом"),
        (str(SmallLog(key=SigningKey("alien", b"k" * 32)).note(5)), 1, "За журналом alien"),
        ("Отметка «5»", 1, "не печать журнала"),
        (f"{ORIGIN}\n{1 << 63}\n{'A' * 43}=\n\n— x AAAAAAA=\n", 1, "не печать журнала"),
    ],
)
def test_a_note_is_compared_in_words(
    witnessed: Path, capsys: pytest.CaptureFixture[str], note: str, code: int, words: str
) -> None:
    file = witnessed / "received.note"
    file.write_text(note, encoding="utf-8")

    assert main(["witness", "check", "--state", str(witnessed), str(file)]) == code
    assert re.search(words, capsys.readouterr().out, re.DOTALL)


def test_a_note_is_compared_as_a_letter_brought_it(
    witnessed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = witnessed / "received.txt"
    file.write_bytes(str(LOG.note(5)).rstrip().replace("\n", "\r\n").encode("utf-8-sig"))

    assert main(["witness", "check", "--state", str(witnessed), str(file)]) == 0
    assert "Сходится" in capsys.readouterr().out


def test_there_is_nothing_to_compare_with(
    tmp_path: Path, witnessed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"

    assert main(["witness", "check", "--state", str(elsewhere), "some.note"]) == 1
    assert "памяти свидетеля нет" in capsys.readouterr().err
    assert not elsewhere.exists()
    assert main(["witness", "check", "--state", str(witnessed), str(elsewhere)]) == 2


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "Назовите --log"),
        (("--log", "noise"), 2, "не ключ журнала"),
        (("--log", str(SigningKey("w", b"w" * 32, WITNESS).verifier)), 2, "не ключ журнала"),
        ((*LOG_WORDS, "--name", "с пробелом"), 1, "без пробелов"),
    ],
)
def test_a_start_that_cannot_be_is_explained(
    state: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str
) -> None:
    assert letopis_witness(state, *words) == code
    assert said in capsys.readouterr().err


def letopis_witness(state: Path, *words: str) -> int:
    """A start that is refused."""
    try:
        return main(["witness", "--state", str(state), "--port", "0", *words])
    except SystemExit as ended:
        return int(ended.code or 0)


def test_a_key_without_its_memory_does_not_start(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert letopis_witness(state) == 2  # key and memory are made, and no log is named
    key = (state / "witness.key").read_bytes()
    assert letopis_witness(state, *LOG_WORDS, "--name", "another") == 1
    assert "Этого свидетеля зовут" in capsys.readouterr().err

    (state / "witness.sqlite").unlink()
    assert letopis_witness(state, *LOG_WORDS) == 1
    assert "Свидетель без памяти подписал бы что угодно" in capsys.readouterr().err
    assert list(state.iterdir()) == [state / "witness.key"]

    (state / "witness.key").write_text("PRIVATE+KEY+noise\n", encoding="utf-8")
    assert letopis_witness(state, *LOG_WORDS) == 1
    assert "не годится" in capsys.readouterr().err
    (state / "witness.key").write_bytes(key[:-10] + b"\n")
    assert letopis_witness(state, *LOG_WORDS) == 1


def test_a_taken_port_is_told(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with program(state.with_name("first"), *LOG_WORDS) as first:
        port = first.url.rpartition(":")[2]
        assert main(["witness", "--state", str(state), *LOG_WORDS, "--port", port]) == 1
    assert "не получается начать" in capsys.readouterr().err
