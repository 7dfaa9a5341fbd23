"""The signer signs what continues its last note, and nothing else."""

from __future__ import annotations

import stat
from collections.abc import Collection
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from projections.seals.checkpoint import Checkpoint
from projections.seals.note import LOG, Note, SigningKey, Unsigned, VerifierKey
from projections.seals.signer import LAST, Refused, Signer
from tests.projections.seals.small_log import SmallLog, rewritten

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Seal:
    """A signer with one announced key."""

    def __init__(self, seals: Path) -> None:
        self.signer = Signer(seals, str(uuid4()))
        self.first = self.signer.unannounced(())
        self.in_use: set[str] = {str(self.first)}

    def sign(self, log: SmallLog, size: int, after: int = 0) -> Note:
        return self.signer.sign(size, log.head(size).root, log.proof(after, size), self.in_use)

    def verifiers(self) -> list[VerifierKey]:
        keys = self.signer.own_keys()
        return [key.verifier for key in keys]

    def refuses(self, log: SmallLog, size: int, after: int = 0) -> str:
        kept = (self.signer.room / LAST).read_bytes()
        with pytest.raises(Refused) as refused:
            self.sign(log, size, after)
        assert (self.signer.room / LAST).read_bytes() == kept
        return refused.value.code


@pytest.fixture
def seal(tmp_path: Path) -> Seal:
    return Seal(tmp_path / "seals")


OURS = SmallLog()


def test_a_checkpoint_is_signed_by_the_school_and_kept_on_disk(seal: Seal) -> None:
    note = seal.sign(OURS, 7)

    assert list(note.verify([seal.first])) == [seal.first]
    assert Checkpoint.of(note) == Checkpoint(seal.signer.origin, 7, OURS.head(7).root)
    assert (seal.signer.room / LAST).read_text("utf-8") == str(note)
    assert seal.signer.last() == note


def test_every_growth_is_signed_and_the_same_once_more(seal: Seal) -> None:
    before = 0
    for size in (1, 2, 7, 7, 8, 31, 40):
        assert Checkpoint.of(seal.sign(OURS, size, before)).size == size
        before = size


def test_a_shorter_log_is_refused(seal: Seal) -> None:
    seal.sign(OURS, 20)

    assert seal.refuses(OURS, 19) == "rollback"


@pytest.mark.parametrize("size", [20, 21, 32, 40])
def test_a_log_that_was_rewritten_is_refused(seal: Seal, size: int) -> None:
    seal.sign(OURS, 20)

    assert seal.refuses(rewritten(3), size, after=20) == "fork"


@pytest.mark.parametrize("after", [0, 1, 19, 21])
def test_growth_without_its_own_proof_is_refused(seal: Seal, after: int) -> None:
    seal.sign(OURS, 20)

    assert seal.refuses(OURS, 40, after) == "fork"


def test_a_note_of_a_strange_key_is_not_continued(seal: Seal) -> None:
    seal.sign(OURS, 20)
    text = str(Checkpoint(seal.signer.origin, 20, OURS.head(20).root))
    strange = SigningKey(seal.signer.origin, sha256(b"strange").digest(), LOG)
    (seal.signer.room / LAST).write_text(f"{text}\n{strange.sign(text)}", "utf-8")

    assert seal.refuses(OURS, 40, after=20) == "note_foreign"


@pytest.mark.parametrize("spoilt", [b"", b"\xff", "записка".encode()])
def test_a_spoilt_note_is_not_continued(seal: Seal, spoilt: bytes) -> None:
    seal.sign(OURS, 20)
    path = seal.signer.room / LAST
    path.write_bytes(spoilt)

    assert seal.refuses(OURS, 40, after=20) == "note_unreadable"


def test_no_byte_of_the_last_note_can_be_changed(seal: Seal) -> None:
    seal.sign(OURS, 20)
    path = seal.signer.room / LAST
    whole = path.read_bytes()

    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert seal.refuses(OURS, 40, after=20) in {"note_foreign", "note_unreadable"}


def test_a_note_that_cannot_be_kept_is_not_signed(
    seal: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = seal.sign(OURS, 20)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("projections.seals.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        seal.sign(OURS, 40, after=20)

    assert seal.signer.last() == kept
    assert [path.name for path in seal.signer.room.iterdir() if path.name.startswith(".")] == []


# -- keys --------------------------------------------------------------------------------------


def test_keys_are_for_their_owner_only(seal: Seal) -> None:
    assert stat.S_IMODE(seal.signer.room.stat().st_mode) == 0o700
    assert stat.S_IMODE((seal.signer.room / "key-1").stat().st_mode) == 0o600


@pytest.mark.parametrize(("name", "mode", "advice"), [("", 0o750, "700"), ("key-1", 0o644, "600")])
def test_loose_permissions_are_refused_with_advice(
    seal: Seal, name: str, mode: int, advice: str
) -> None:
    path = seal.signer.room / name
    path.chmod(mode)

    with pytest.raises(Refused, match=f"chmod {advice} {path}") as refused:
        seal.sign(OURS, 7)

    assert refused.value.code == "permissions"
    path.chmod(int(advice, 8))
    seal.sign(OURS, 7)


def test_a_key_begun_before_is_taken_up_and_a_new_one_made_once(seal: Seal) -> None:
    assert seal.signer.unannounced(()) == seal.first

    second = seal.signer.unannounced(seal.in_use)

    assert second != seal.first
    assert seal.signer.unannounced(seal.in_use) == second
    assert seal.verifiers() == [seal.first, second]


def test_both_keys_sign_from_the_announcement_on_and_the_old_one_until_it_is_forgotten(
    seal: Seal,
) -> None:
    second = seal.signer.unannounced(seal.in_use)
    assert set(seal.sign(OURS, 7).verify([seal.first, second])) == {seal.first}

    seal.in_use.add(str(second))
    both = seal.sign(OURS, 8, after=7)
    seal.signer.forget(seal.first)
    alone = seal.sign(OURS, 9, after=8)

    assert set(both.verify([seal.first, second])) == {seal.first, second}
    assert set(alone.verify([seal.first, second])) == {second}
    assert seal.signer.unannounced(seal.in_use) not in {seal.first, second}


@pytest.mark.parametrize("in_use", [set(), {"another"}])
def test_a_key_that_the_log_does_not_know_signs_nothing(
    seal: Seal, in_use: Collection[str]
) -> None:
    with pytest.raises(Refused, match="rotate --reason lost"):
        seal.signer.sign(7, OURS.head(7).root, [], in_use)

    assert seal.signer.last() is None


def test_what_is_not_a_key_of_this_school_is_refused(seal: Seal, tmp_path: Path) -> None:
    other = Seal(tmp_path / "other")
    path = seal.signer.room / "key-1"
    for strange in ((other.signer.room / "key-1").read_bytes(), b"", b"\xff"):
        path.write_bytes(strange)
        with pytest.raises(Refused, match=str(path)):
            seal.signer.own_keys()


def test_drafts_and_copies_are_not_keys(seal: Seal) -> None:
    for name in ("key-1.bak", "key-old", ".key-2.abcd"):
        (seal.signer.room / name).write_text("x", "utf-8")

    assert seal.verifiers() == [seal.first]


# -- one at a time, and the operator's word ----------------------------------------------------


def test_two_processes_do_not_sign_in_one_room(seal: Seal) -> None:
    same = Signer(seal.signer.room.parent, seal.signer.origin)
    with seal.signer.locked(), pytest.raises(Refused, match="другой процесс"), same.locked():
        pass
    with same.locked():
        pass


def test_the_operator_may_go_on_from_a_note_of_a_known_key(seal: Seal) -> None:
    first = seal.sign(OURS, 7)
    ahead = seal.sign(OURS, 20, after=7)

    seal.signer.take_up(first, [seal.first], seal.in_use, NOW)

    assert seal.signer.last() == first
    [old] = seal.signer.room.glob(f"{LAST}.replaced-*")
    assert old.read_text("utf-8") == str(ahead)
    seal.sign(OURS, 8, after=7)


def test_nobody_goes_on_from_a_note_of_an_unknown_key(seal: Seal, tmp_path: Path) -> None:
    kept = seal.sign(OURS, 20)
    strange = Seal(tmp_path / "other").sign(OURS, 7)

    with pytest.raises(Unsigned):
        seal.signer.take_up(strange, [seal.first], seal.in_use, NOW)

    assert seal.signer.last() == kept


def test_going_on_from_nothing_begins_anew(seal: Seal) -> None:
    seal.sign(OURS, 20)

    seal.signer.take_up(None, [], (), NOW)

    assert seal.signer.last() is None
    assert not (seal.signer.room / LAST).exists()
