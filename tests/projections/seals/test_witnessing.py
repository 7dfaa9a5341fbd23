"""A witness signs growth, and nothing but growth."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.seals import witness_memory
from projections.seals.note import WITNESS, Malformed, Note, SigningKey
from projections.seals.witness_memory import Memory
from projections.seals.witnessing import PLAIN, SIZE, Answer, Growth, Witness
from tests.projections.seals.small_log import KEY, LEAVES, ORIGIN, SmallLog, rewritten

OWN = SigningKey("control.example/w1", b"w" * 32, WITNESS)
NOW = 1_790_000_000
LOG = SmallLog()
OTHER_KEY = SigningKey(ORIGIN, b"o" * 32)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory.begin(tmp_path / "witness.sqlite")


@pytest.fixture
def witness(memory: Memory) -> Witness:
    return Witness(OWN, [KEY.verifier], memory)


@pytest.fixture
def at_five(witness: Witness) -> Witness:
    """A witness that has seen five leaves."""
    signed(witness.add_checkpoint(LOG.growth(0, 5), NOW), LOG, 5)
    return witness


def signed(answer: Answer, log: SmallLog, size: int) -> int:
    """That the witness has signed this tree; when."""
    assert (answer.status, answer.media_type) == (200, PLAIN), answer
    times = Note.parse(f"{log.note(size)}{answer.text}").verify([OWN.verifier])
    return times[OWN.verifier]


def asked(witness: Witness, old: int, size: int, *, log: SmallLog = LOG) -> Answer:
    return witness.add_checkpoint(log.growth(old, size), NOW)


def seen(witness: Witness) -> int:
    """How much of the log the witness has seen."""
    return witness.heads()[ORIGIN].size


# --- growth -----------------------------------------------------------------------------------


def test_growth_is_signed_with_the_time_of_the_signature(witness: Witness) -> None:
    sizes = (0, 1, 2, 3, 7, 8, 13, 40)
    for step, (old, size) in enumerate(zip((0, *sizes), sizes, strict=False)):
        answer = witness.add_checkpoint(LOG.growth(old, size), NOW + step)
        assert signed(answer, LOG, size) == NOW + step
        assert seen(witness) == size


@pytest.mark.parametrize("old", range(1, 12))
def test_every_growth_up_to_a_dozen_leaves_is_signed(old: int, memory: Memory) -> None:
    for size in range(old, 13):
        key = SigningKey(f"log-{size}", b"k" * 32)
        log, witness = SmallLog(key=key), Witness(OWN, [key.verifier], memory)
        signed(asked(witness, 0, old, log=log), log, old)
        signed(asked(witness, old, size, log=log), log, size)


def test_the_same_checkpoint_may_be_signed_again(at_five: Witness) -> None:
    answer = at_five.add_checkpoint(LOG.growth(5, 5), NOW + 60)

    assert signed(answer, LOG, 5) == NOW + 60
    assert at_five.heads()[ORIGIN].at == NOW + 60


def test_a_restart_forgets_nothing(at_five: Witness, tmp_path: Path) -> None:
    again = Witness(OWN, [KEY.verifier], Memory(tmp_path / "witness.sqlite"))

    assert asked(again, 0, 3) == Answer(409, "5\n", SIZE)
    signed(asked(again, 5, 6), LOG, 6)


def test_logs_do_not_disturb_each_other(memory: Memory) -> None:
    second = SigningKey("another", b"2" * 32)
    witness = Witness(OWN, [KEY.verifier, second.verifier], memory)
    signed(asked(witness, 0, 9), LOG, 9)

    other = SmallLog(LEAVES[::-1], second)
    signed(asked(witness, 0, 4, log=other), other, 4)

    assert {origin: one.size for origin, one in witness.heads().items()} == {
        ORIGIN: 9,
        "another": 4,
    }


def test_both_keys_of_a_rotation_are_believed(memory: Memory) -> None:
    witness = Witness(OWN, [KEY.verifier, OTHER_KEY.verifier], memory)

    signed(asked(witness, 0, 5), LOG, 5)
    later = SmallLog(key=OTHER_KEY)
    signed(asked(witness, 5, 8, log=later), later, 8)


# --- no growth --------------------------------------------------------------------------------


def test_an_older_tree_is_answered_with_the_size_that_was_seen(at_five: Witness) -> None:
    assert asked(at_five, 0, 3) == Answer(409, "5\n", SIZE)
    assert asked(at_five, 3, 8) == Answer(409, "5\n", SIZE)
    assert asked(at_five, 6, 8) == Answer(409, "5\n", SIZE)


def test_a_shorter_tree_is_never_signed(at_five: Witness) -> None:
    for old in range(41):
        assert asked(at_five, min(old, 4), 4).status == 409
    shrunk = Growth(5, (), LOG.note(4))
    assert at_five.add_checkpoint(str(shrunk).encode(), NOW).status == 400
    assert seen(at_five) == 5


def test_another_tree_of_the_same_size_is_a_fork(at_five: Witness) -> None:
    answer = asked(at_five, 5, 5, log=rewritten(2))

    assert (answer.status, answer.media_type) == (409, PLAIN)
    signed(asked(at_five, 5, 5), LOG, 5)


def test_an_empty_log_is_empty(witness: Witness) -> None:
    text = f"{ORIGIN}\n0\n{'A' * 43}=\n"
    body = f"old 0\n\n{text}\n{KEY.sign(text)}"

    assert witness.add_checkpoint(body.encode(), NOW).status == 409


def test_a_proof_that_does_not_hold_is_refused(at_five: Witness) -> None:
    honest = LOG.proof(5, 8)
    wrong = {
        "none": [],
        "short": honest[:-1],
        "long": [*honest, honest[0]],
        "turned": honest[::-1],
        "of another growth": LOG.proof(5, 9),
        "noise": [bytes(32)] * len(honest),
    }
    for name, proof in wrong.items():
        body = str(Growth(5, tuple(proof), LOG.note(8))).encode()
        assert at_five.add_checkpoint(body, NOW).status == 422, name
    same = str(Growth(5, tuple(honest), LOG.note(5))).encode()
    assert at_five.add_checkpoint(same, NOW).status == 422
    assert seen(at_five) == 5


def test_the_first_checkpoint_needs_no_proof_and_takes_none(witness: Witness) -> None:
    body = str(Growth(0, (bytes(32),), LOG.note(8))).encode()

    assert witness.add_checkpoint(body, NOW).status == 422


def test_an_unknown_log_is_not_found(witness: Witness) -> None:
    assert asked(witness, 0, 5, log=SmallLog(key=SigningKey("stranger", b"k" * 32))).status == 404


def test_a_signature_of_another_key_is_forbidden(witness: Witness) -> None:
    assert asked(witness, 0, 5, log=SmallLog(key=OTHER_KEY)).status == 403
    forged = Note(LOG.note(5).text, LOG.note(6).signatures)
    assert witness.add_checkpoint(str(Growth(0, (), forged)).encode(), NOW).status == 403
    assert seen(witness) == 0


# --- attacks (provable log: what detects what) -----------------------------------------------


def test_a_rewrite_with_the_real_key_is_caught(at_five: Witness) -> None:
    for index in range(5):
        forged = rewritten(index)
        assert asked(at_five, 5, 12, log=forged).status == 422
        assert asked(at_five, 5, 5, log=forged).status == 409
        assert asked(at_five, 0, 12, log=forged) == Answer(409, "5\n", SIZE)


def test_what_was_not_yet_seen_can_be_rewritten_unnoticed(at_five: Witness) -> None:
    forged = rewritten(7)

    signed(asked(at_five, 5, 12, log=forged), forged, 12)


@pytest.mark.parametrize("cut", range(1, 6))
def test_deleting_the_last_facts_and_going_on_is_caught(at_five: Witness, cut: int) -> None:
    kept = 5 - cut
    forged = SmallLog([*LEAVES[:kept], *(b"new %d" % n for n in range(30))])

    assert asked(at_five, kept, kept + 1, log=forged).status == 409
    assert asked(at_five, 5, 5, log=forged).status == 409
    assert asked(at_five, 5, 20, log=forged).status == 422
    assert seen(at_five) == 5


def test_a_rewrite_with_another_key_is_caught(at_five: Witness) -> None:
    for size in (5, 12):
        assert asked(at_five, 5, size, log=rewritten(2, OTHER_KEY)).status == 403


@pytest.mark.parametrize("gain", [0, 1, 2, 15])
def test_no_proof_whatever_lets_a_rewrite_through(at_five: Witness, gain: int) -> None:
    forged = rewritten(1)
    honest, false = LOG.proof(5, 5 + gain), forged.proof(5, 5 + gain)
    for proof in (honest, false, [LOG.head(5).root, *false], [*honest, *false]):
        body = str(Growth(5, tuple(proof), forged.note(5 + gain))).encode()
        assert at_five.add_checkpoint(body, NOW).status in (409, 422)


# --- a race -----------------------------------------------------------------------------------


def test_of_twenty_at_once_one_is_signed(at_five: Witness) -> None:
    sizes = range(6, 26)

    with ThreadPoolExecutor(len(sizes)) as crowd:
        answers = list(crowd.map(lambda size: asked(at_five, 5, size), sizes))

    [winner] = [size for size, one in zip(sizes, answers, strict=True) if one.status == 200]
    losers = [one for one in answers if one.status != 200]
    assert losers == [Answer(409, f"{winner}\n", SIZE)] * 19
    assert seen(at_five) == winner


def test_whoever_decides_is_alone(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness_memory, "WAIT_S", 0)

    with memory.alone(), pytest.raises(sqlite3.OperationalError, match="locked"), memory.alone():
        pass


# --- memory -----------------------------------------------------------------------------------


def test_logs_that_are_named_replace_those_before(memory: Memory) -> None:
    with memory.alone() as page:
        page.watch([KEY.verifier])
    with memory.alone() as page:
        page.watch([OTHER_KEY.verifier])

    with memory.reading() as page:
        assert page.watched() == [OTHER_KEY.verifier]


def test_without_its_memory_it_signs_nothing(at_five: Witness, tmp_path: Path) -> None:
    file = tmp_path / "witness.sqlite"
    file.unlink()
    with pytest.raises(sqlite3.OperationalError):
        asked(at_five, 5, 8)
    assert not file.exists()

    file.write_bytes(b"")
    with pytest.raises(sqlite3.OperationalError):
        asked(at_five, 5, 8)

    file.write_bytes(b"not a database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        asked(at_five, 5, 8)


def test_what_was_not_kept_is_not_signed(at_five: Witness, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "witness.sqlite") as conn:
        conn.execute(
            "CREATE TRIGGER full BEFORE INSERT ON seen BEGIN SELECT raise(ABORT, 'full'); END"
        )
    conn.close()

    with pytest.raises(sqlite3.IntegrityError):
        asked(at_five, 5, 8)
    assert seen(at_five) == 5


def test_only_the_logs_own_signatures_are_kept(witness: Witness, memory: Memory) -> None:
    note = LOG.note(5)
    strangers = [SigningKey("stranger", bytes([n]) * 32) for n in range(40)]
    crowd = Note.parse(f"{note}{''.join(one.sign(note.text) for one in strangers)}")

    answer = witness.add_checkpoint(str(Growth(0, (), crowd)).encode(), NOW)

    signed(answer, LOG, 5)
    with memory.reading() as page:
        assert page.last(ORIGIN).note == str(note)


# --- malformed --------------------------------------------------------------------------------

HONEST = LOG.growth(5, 8).decode()
FIRST_STEP = HONEST.split("\n")[1]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n",
        "old 5\n",
        HONEST.removeprefix("old "),
        HONEST.replace("old 5", "old 05"),
        HONEST.replace("old 5", "old -5"),
        HONEST.replace("old 5", "old  5"),
        HONEST.replace("old 5", "old ٥"),
        HONEST.replace("old 5", "Old 5"),
        HONEST.replace("old 5\n", "old 5\r\n"),
        HONEST.replace("\n\n", "\n", 1),
        HONEST.replace(FIRST_STEP, FIRST_STEP[:-4]),
        HONEST.replace(FIRST_STEP, FIRST_STEP[:-2] + "B="),
        HONEST.replace(FIRST_STEP, "-" * 44),
        HONEST.replace(f"{FIRST_STEP}\n", f"{FIRST_STEP}\n" * 64),
        HONEST.replace(f"\n{ORIGIN}\n8\n", f"\n{ORIGIN}\n08\n"),
        HONEST.replace(f"\n{ORIGIN}\n8\n", f"\n{ORIGIN}\n"),
        HONEST[:-1],
        HONEST + "\n",
        HONEST + "\x00",
    ],
)
def test_a_request_that_is_not_written_the_one_way_is_not_read(at_five: Witness, body: str) -> None:
    assert body != HONEST
    assert at_five.add_checkpoint(body.encode(), NOW).status == 400


def test_what_is_not_utf8_is_not_read(witness: Witness) -> None:
    with pytest.raises(Malformed):
        Growth.parse(b"old 0\n\xff\n\n")
    assert witness.add_checkpoint(HONEST.encode("utf-16"), NOW).status == 400


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n{1 << 63}\n{'A' * 43}=\n",
        f"{ORIGIN}\n{'9' * 19}\n{'A' * 43}=\n",
        f"{ORIGIN}\n{'9' * 20}\n{'A' * 43}=\n",
        f"{ORIGIN}\n8\n{'A' * 43}=\nextension\n",
    ],
)
def test_a_signed_checkpoint_may_be_malformed_too(witness: Witness, text: str) -> None:
    body = f"old 0\n\n{text}\n{KEY.sign(text)}"

    assert witness.add_checkpoint(body.encode(), NOW).status == 400


def test_a_request_reads_as_it_was_written() -> None:
    assert str(Growth.parse(HONEST.encode())) == HONEST
    assert Growth.parse(HONEST.encode()).proof == tuple(LOG.proof(5, 8))


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Witness:
    """A witness at five leaves that many requests are thrown at."""
    memory = Memory.begin(tmp_path_factory.mktemp("witness") / "witness.sqlite")
    witness = Witness(OWN, [KEY.verifier], memory)
    signed(witness.add_checkpoint(LOG.growth(0, 5), NOW), LOG, 5)
    return witness


REFUSALS = {400, 403, 404, 409, 422}


@settings(deadline=None)
@given(st.binary(max_size=400) | st.text(alphabet="old 059\n—+=AQ", max_size=200).map(str.encode))
def test_noise_is_refused(standing: Witness, body: bytes) -> None:
    assert standing.add_checkpoint(body, NOW).status == 400


@settings(deadline=None)
@given(st.integers(0, len(HONEST.encode()) - 1), st.binary(max_size=2), st.integers(0, 3))
def test_an_honest_request_spoilt_in_one_place_is_refused(
    standing: Witness, at: int, put: bytes, cut: int
) -> None:
    honest = HONEST.encode()
    body = honest[:at] + put + honest[at + cut :]

    if body != honest:
        assert standing.add_checkpoint(body, NOW).status in REFUSALS
    assert seen(standing) == 5
