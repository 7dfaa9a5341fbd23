"""What a paper from outside says of a log that somebody has been at (provable logs, §3.5)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import psycopg
import pytest
from psycopg import AsyncConnection

from domain.audit.facts import KeyReason
from domain.codec import decode
from domain.refusals import Busy, Conflict
from projections import audit, merkle
from projections.postgres.database import APP, conninfo
from projections.seals import reading
from projections.seals.checkpoint import Checkpoint, Receipt
from projections.seals.judgement import Verdict, judge
from projections.seals.note import Note, SigningKey, from_base64, to_base64
from tests.conftest import SECRET
from tests.ground import request
from tests.projections.life import Life, life
from tests.projections.seals.forger import (
    KEY,
    ORIGIN,
    OTHER_KEY,
    WITNESS_KEY,
    Fact,
    Forger,
    introduce,
    school_day,
)

OTHER_ORIGIN = "00000000-0000-4000-8000-00000000005c"
#: a newcomer's key, announced when the real one is given up
NEW_KEY = SigningKey(ORIGIN, b"the key after".ljust(32))


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as one:
        yield one


@pytest.fixture
def forger(at: Life) -> Iterator[Forger]:
    with psycopg.connect(at.url, autocommit=True) as conn:
        yield Forger(at, conn)


@pytest.fixture
def notes(at: Life, forger: Forger) -> list[str]:
    """A mark of 2 under the first note; its correction to 4 and another mark under the second."""
    return school_day(at, forger)


@pytest.fixture
def two(forger: Forger, notes: list[str]) -> Fact:
    """The fact that the mark of 2 was given."""
    return next(one for one in forger.facts() if b'"value":"2"' in one.state)


@pytest.fixture
def paper(at: Life, notes: list[str], two: Fact) -> str:
    """The receipt for it, before anybody was at the log."""
    return str(at.read(reading.receipt, two.position))


def told(at: Life, text: str) -> Verdict:
    """The verdict on a paper."""
    return all_told(at, [text])[0]


def all_told(at: Life, texts: Iterable[str]) -> list[Verdict]:
    """Verdicts on many papers, by the keys of now."""

    async def ask() -> list[Verdict]:
        conn = await AsyncConnection.connect(conninfo(at.url, APP, SECRET), autocommit=True)
        async with conn:
            keys = await audit.keys(conn, at.schema)
            return [await judge(conn, at.schema, ORIGIN, keys, text) for text in texts]

    return asyncio.run(ask())


def retire(at: Life, key: SigningKey, reason: KeyReason) -> None:
    """The log gives up a key."""
    at.must(at.school.retire_seal_key(str(key.verifier), reason, by=at.office, request=request()))
    at.fold_all()


# -- what is read ------------------------------------------------------------------------------


def test_before_the_first_seal_there_is_nothing(at: Life) -> None:
    at.fold_all()

    assert at.read(reading.newest) is None
    assert at.read(reading.checkpoint, 1) is None
    assert at.read(reading.checkpoints) == []
    assert at.read(reading.receipt, 1) is None
    assert at.read(reading.consistency, 1, 1) is None


def test_a_checkpoint_is_shown_with_the_lines_of_its_witnesses(at: Life, notes: list[str]) -> None:
    first, newest = (Checkpoint.of(Note.parse(note)).size for note in notes)

    assert at.read(reading.checkpoint, first).note == notes[0]
    shown = at.read(reading.newest)
    assert (shown.size, shown.why) == (newest, "grown")
    assert shown.note.startswith(notes[1])
    known = [KEY.verifier, WITNESS_KEY.verifier]
    assert set(Note.parse(shown.note).verify(known)) == set(known)
    listed = at.read(reading.checkpoints)
    assert [(one.size, one.witnesses) for one in listed] == [(newest, 1), (first, 0)]
    assert [one.size for one in at.read(reading.checkpoints, newest)] == [first]
    assert [one.size for one in at.read(reading.checkpoints, None, 1)] == [newest]


def test_a_receipt_holds_with_nothing_but_the_paper(at: Life, paper: str, two: Fact) -> None:
    receipt = Receipt.parse(paper)
    head = Checkpoint.of(receipt.note)

    assert str(receipt) == paper
    assert receipt.note.verify([KEY.verifier])
    leaf = merkle.leaf_bytes(two.stream.bytes, two.version, two.position, two.topic, two.state)
    assert receipt.leaf == leaf
    assert merkle.verify_inclusion(
        merkle.leaf_hash(leaf), two.position - 1, head.size, receipt.path, head.root
    )


def test_every_fact_under_the_seal_has_a_receipt_and_none_beyond(
    at: Life, notes: list[str]
) -> None:
    size = Checkpoint.of(Note.parse(notes[1])).size

    assert all(at.read(reading.receipt, position).holds for position in range(1, size + 1))
    assert at.read(reading.receipt, size + 1) is None


def test_the_proof_of_growth_is_between_seals(at: Life, notes: list[str]) -> None:
    old, new = (Checkpoint.of(Note.parse(note)) for note in notes)

    proof, _, note = at.read(reading.consistency, old.size, new.size).partition("\n\n")

    hashes = [from_base64(line) for line in proof.split("\n")]
    assert note.startswith(notes[1])
    assert merkle.verify_consistency(old.size, new.size, old.root, new.root, hashes)
    assert at.read(reading.consistency, old.size - 1, new.size) is None
    with pytest.raises(ValueError, match="no consistency proof"):
        at.read(reading.consistency, new.size, old.size)


# -- an honest log -----------------------------------------------------------------------------


def test_what_is_in_the_log_is_told_by_the_papers_own_words(
    at: Life, notes: list[str], paper: str, two: Fact
) -> None:
    verdict = told(at, paper)

    assert (verdict.verdict, verdict.title) == ("in_log", "Есть в журнале")
    about = verdict.about
    assert about is not None
    assert (about.position, about.kind) == (two.position, "mark-given")
    assert (about.value, about.old_value) == ("2", None)
    assert about.recorded_at == decode(two.topic, two.state).at
    assert [one.verdict for one in all_told(at, notes)] == ["in_log", "in_log"]


def test_a_note_that_we_have_not_kept_is_compared_with_the_tree(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    forger.do("DELETE FROM {s}.cosignature")
    forger.do("DELETE FROM {s}.checkpoint")

    assert [one.verdict for one in all_told(at, notes)] == ["in_log", "in_log"]


def test_the_log_grows_and_old_papers_stay_good(at: Life, notes: list[str], paper: str) -> None:
    at.must(at.correct("mark", "4", "5", "ещё ошибка"))
    at.fold_all()

    assert [one.verdict for one in all_told(at, [paper, *notes])] == ["in_log"] * 3


# -- not ours ----------------------------------------------------------------------------------


def test_another_byte_anywhere_and_it_is_not_ours(at: Life, paper: str) -> None:
    own = paper[: paper.rindex("\u2014")]  # without the line of the witness
    flips = flipped(own, 0)

    verdicts = all_told(at, flips)

    assert len(verdicts) > 2 * len(own)
    wrong = [text for text, one in zip(flips, verdicts, strict=True) if one.verdict == "in_log"]
    assert not wrong
    assert {one.about for one in verdicts if one.verdict == "not_ours"} == {None}


def test_another_byte_in_a_witnesss_line_takes_the_witness_away_at_most(
    at: Life, paper: str
) -> None:
    flips = flipped(paper, paper.rindex("\u2014"))

    for text, one in zip(flips, all_told(at, flips), strict=True):
        if one.verdict == "in_log":  # lines of unknown keys are ignored (C2SP signed-note)
            assert set(Receipt.parse(text).note.verify(KNOWN)) == {KEY.verifier}


KNOWN = (KEY.verifier, WITNESS_KEY.verifier)


def flipped(paper: str, start: int) -> list[str]:
    """The paper with another letter at each place from `start` on, three times."""
    return [
        paper[:place] + other + paper[place + 1 :]
        for place, letter in enumerate(paper)
        for other in (chr(ord(letter) ^ 1), "\n", "Я")
        if place >= start and other != letter
    ]


def test_papers_of_others_are_not_ours(at: Life, notes: list[str], paper: str) -> None:
    head = Checkpoint.of(Note.parse(notes[1]))
    elsewhere = Checkpoint(OTHER_ORIGIN, head.size, head.root)
    stranger = SigningKey(OTHER_ORIGIN, b"x" * 32)
    own = Receipt.parse(paper)
    moved = msgspec.structs.replace(own, index=own.index - 1)
    other_value = own.leaf.replace(b'"value":"2"', b'"value":"5"')
    better = msgspec.structs.replace(own, leaf=other_value)

    papers = {
        "": "не того вида",
        "c2sp.org/tlog-proof@v1\n": "не того вида",
        f"{elsewhere}\n{stranger.sign(str(elsewhere))}": "другого журнала",
        f"{head}\n{OTHER_KEY.sign(str(head))}": "верной подписи",
        f"{head}\n{WITNESS_KEY.sign(str(head), 1)}": "верной подписи",
        notes[1].replace(to_base64(head.root), to_base64(bytes(32))): "верной подписи",
        str(moved): "не попадает",
        str(better): "не попадает",
    }
    for text, words in papers.items():
        verdict = told(at, text)
        assert (verdict.verdict, verdict.title) == ("not_ours", "Не наше"), text
        assert words in verdict.detail
        assert verdict.about is None


# -- history rewritten: every attack of the table ----------------------------------------------


def rewritten(at: Life, *papers: str) -> list[bool]:
    """Which of the papers betray it."""
    return [one.verdict == "rewritten" for one in all_told(at, papers)]


@pytest.mark.parametrize(
    "change",
    [
        "state = convert_to(replace(convert_from(state, 'UTF8'), '\"2\"', '\"5\"'), 'UTF8')",
        "topic = 'journal.mark-commented'",
        "originator_version = 1000",
        "originator_id = '00000000-0000-4000-8000-000000000000'",
        "notification_id = 1000",
    ],
)
def test_a_changed_row_is_betrayed_by_its_receipt(
    at: Life, forger: Forger, notes: list[str], paper: str, two: Fact, change: str
) -> None:
    statement: Any = f"UPDATE {{s}}.facts SET {change} WHERE notification_id = {two.position}"
    forger.do(statement)

    verdict = told(at, paper)

    assert (verdict.verdict, verdict.title) == ("rewritten", "История переписана")
    assert verdict.about is not None
    assert verdict.about.value == "2"
    with pytest.raises(Conflict, match="не та, что стоит под печатью"):
        at.read(reading.receipt, two.position)
    assert told(at, notes[1]).verdict == "in_log"  # the tree is as it was: a full check tells


def test_a_deleted_row_is_betrayed_by_its_receipt(
    at: Life, forger: Forger, paper: str, two: Fact
) -> None:
    forger.do("DELETE FROM {s}.facts WHERE notification_id = %s", two.position)

    assert rewritten(at, paper) == [True]
    with pytest.raises(Conflict):
        at.read(reading.receipt, two.position)


def test_swapped_rows_are_betrayed_by_their_receipts(
    at: Life, forger: Forger, paper: str, two: Fact
) -> None:
    next_one = two.position + 1
    other = str(at.read(reading.receipt, next_one))
    for old, new in ((two.position, -1), (next_one, two.position), (-1, next_one)):
        forger.do("UPDATE {s}.facts SET notification_id = %s WHERE notification_id = %s", new, old)

    assert rewritten(at, paper, other) == [True, True]


def test_a_lost_end_is_betrayed_by_the_last_note(
    at: Life, forger: Forger, notes: list[str], paper: str
) -> None:
    size = Checkpoint.of(Note.parse(notes[1])).size
    forger.do("DELETE FROM {s}.facts WHERE notification_id > %s", size - 1)

    assert rewritten(at, notes[1], notes[0]) == [True, False]
    assert "конец пропал" in told(at, notes[1]).detail
    assert rewritten(at, paper) == [True]  # its note covers what is lost


def test_an_old_backup_is_betrayed_by_a_note_from_outside(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    forger.cut(Checkpoint.of(Note.parse(notes[0])).size)

    assert rewritten(at, notes[0], notes[1]) == [False, True]


def test_an_old_backup_that_was_written_on_is_betrayed_too(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    old, new = (Checkpoint.of(Note.parse(note)).size for note in notes)
    facts = forger.facts()
    fork = [
        msgspec.structs.replace(one, state=one.state.replace(b'"salt":"', b'"salt":"0'))
        for one in facts[old:]
    ]
    forger.rewrite([*facts[:old], *fork])
    forger.derive_again()

    assert len(fork) == new - old
    assert rewritten(at, notes[0], notes[1]) == [False, True]


def test_a_whole_new_history_with_the_real_key_is_betrayed_by_one_note(
    at: Life, forger: Forger, notes: list[str], paper: str
) -> None:
    facts = forger.facts()
    better = [
        msgspec.structs.replace(one, state=one.state.replace(b'"value":"2"', b'"value":"5"'))
        for one in facts
    ]
    forger.rewrite(better)
    forger.derive_again()
    forger.seal_again(KEY)

    assert rewritten(at, paper, *notes) == [True, True, True]
    new = at.read(reading.newest).note
    assert told(at, new).verdict == "in_log"  # the new history agrees with itself


def test_a_whole_new_history_with_another_key_disowns_the_papers(
    at: Life, forger: Forger, notes: list[str], paper: str
) -> None:
    old, new = (str(key.verifier).encode() for key in (KEY, OTHER_KEY))
    facts = [
        msgspec.structs.replace(one, state=one.state.replace(old, new)) for one in forger.facts()
    ]
    forger.rewrite(facts)
    forger.derive_again()
    forger.seal_again(OTHER_KEY)

    verdicts = all_told(at, [paper, *notes])

    assert {one.verdict for one in verdicts} == {"not_ours"}
    assert all("покажите его аудитору" in one.detail for one in verdicts)


def test_a_spoilt_tree_agrees_with_no_note(at: Life, forger: Forger, notes: list[str]) -> None:
    forger.do("UPDATE {s}.tree_tile SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1)")
    assert rewritten(at, notes[1]) == [True]

    forger.do("DELETE FROM {s}.tree_tile")
    assert rewritten(at, notes[1]) == [True]
    with pytest.raises(Busy):
        at.read(reading.receipt, 1)


def test_a_tree_that_is_being_rebuilt_accuses_nobody(
    at: Life, forger: Forger, notes: list[str], paper: str
) -> None:
    forger.do("DELETE FROM {s}.tree_tile")
    forger.do("DELETE FROM {s}.bookmark WHERE name = 'tree_v1'")

    with pytest.raises(Busy, match="строится заново"):
        told(at, paper)
    with pytest.raises(Busy):
        at.read(reading.consistency, *(Checkpoint.of(Note.parse(note)).size for note in notes))


# -- keys that were given up -------------------------------------------------------------------


def give_up(at: Life, reason: KeyReason) -> None:
    """The real key is retired a day later, another one goes on."""
    at.clock.go(days=1)
    introduce(at, NEW_KEY, reason)
    retire(at, KEY, reason)


def test_papers_of_a_retired_key_stay_good(at: Life, notes: list[str], paper: str) -> None:
    give_up(at, "planned")

    assert {one.verdict for one in all_told(at, [paper, *notes])} == {"in_log"}
    head = Checkpoint(ORIGIN, 1, bytes(32))
    assert rewritten(at, f"{head}\n{KEY.sign(str(head))}") == [True]


def test_what_a_thief_signs_accuses_nobody_unless_a_witness_saw_it_before(
    at: Life, notes: list[str], paper: str
) -> None:
    before = int(at.clock.now.timestamp())
    give_up(at, "compromised")
    after = int(at.clock.now.timestamp())
    head = Checkpoint(ORIGIN, 1, bytes(32))
    forged = f"{head}\n{KEY.sign(str(head))}"

    verdict = told(at, forged)
    late, early = (forged + WITNESS_KEY.sign(str(head), time) for time in (after + 1, before))

    assert verdict.verdict == "not_ours"
    assert "похищенный" in verdict.detail
    assert rewritten(at, late, early) == [False, True]
    assert rewritten(at, forged + NEW_KEY.sign(str(head))) == [True]
    assert {one.verdict for one in all_told(at, [paper, *notes])} == {"in_log"}
