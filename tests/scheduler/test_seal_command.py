"""`letopis seal …` as it is typed: keys are shown, changed and retired; the operator's word."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from api.cli import main
from projections.seals.signer import LAST
from tests.conftest import SECRET
from tests.ground import TODAY
from tests.scheduler.sealing_room import SLUG, SealingRoom, fold, grow

MINUTE = timedelta(minutes=1)


class Typed:
    """`letopis seal …` over the sealing room: rows, or what was refused."""

    def __init__(self, room: SealingRoom, capsys: pytest.CaptureFixture[str]) -> None:
        self.room = room
        self._capsys = capsys

    def __call__(self, *words: str) -> list[dict[str, Any]]:
        assert main(["seal", *words, "--json"]) == 0
        fold(self.room.url)
        found: list[dict[str, Any]] = json.loads(self._capsys.readouterr().out)
        return found

    def refuses(self, *words: str, code: int = 1) -> str:
        assert main(["seal", *words]) == code
        return self._capsys.readouterr().err


@pytest.fixture
def seal(
    room: SealingRoom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    monkeypatch.setenv("DATABASE_URL", room.url)
    monkeypatch.setenv("LETOPIS_SECRET", SECRET)
    monkeypatch.setenv("LETOPIS_DATA_DIR", str(room.settings.data_dir))
    return Typed(room, capsys)


def test_the_keys_are_shown(seal: Typed, room: SealingRoom) -> None:
    assert seal("key") == []
    room.begin()

    [one] = seal("key")

    assert one["verifier_key"] == str(room.verifiers()[0])
    assert (one["here"], one["reason"], one["retired_at"]) == (True, "first", None)


def test_a_key_is_changed_without_a_gap(seal: Typed, room: SealingRoom) -> None:
    room.begin()
    old = room.verifiers()[0]

    [rotated] = seal("rotate", "--reason", "planned")
    new = rotated["verifier_key"]
    assert "ещё ничего не подписал" in seal.refuses("retire", str(old))
    assert room.look(TODAY + MINUTE) == [SLUG]
    assert {str(key) for key in room.signers()} == {str(old), new}
    assert room.sizes()[-1] == rotated["position"]

    seal("retire", str(old))
    assert [str(key) for key in room.verifiers()] == [new]
    assert room.look(TODAY + 2 * MINUTE) == [SLUG]
    assert {str(key) for key in room.signers()} == {new}
    reasons = [(one["reason"], one["here"]) for one in seal("key")]
    assert reasons == [("first", False), ("planned", True)]


def test_an_interrupted_change_of_keys_is_finished_by_repeating_it(
    seal: Typed, room: SealingRoom
) -> None:
    room.begin()
    begun = room.signer.unannounced({str(key) for key in room.verifiers()})

    [rotated] = seal("rotate", "--reason", "planned")

    assert rotated["verifier_key"] == str(begun)
    assert len(room.verifiers()) == 2


def test_the_only_key_is_not_retired(seal: Typed, room: SealingRoom) -> None:
    room.begin()
    (room.signer.room / LAST).unlink()

    assert "единственный ключ" in seal.refuses("retire", str(room.verifiers()[0]))
    assert len(room.verifiers()) == 1
    assert "не ключ печати" in seal.refuses("retire", "ключ", code=2)


def test_a_lost_directory_is_begun_anew_by_the_operators_word(
    seal: Typed, room: SealingRoom
) -> None:
    size = room.begin()
    shutil.rmtree(room.signer.room)
    grow(room.url)
    assert room.look(TODAY + MINUTE) == []
    assert "rotate --reason lost" in room.alarms()["seal"]

    [rotated] = seal("rotate", "--reason", "lost")
    assert room.look(TODAY + 2 * MINUTE) == []
    assert "letopis seal trust" in room.alarms()["seal"]
    assert seal("trust") == [{"school": SLUG, "size": size}]

    assert room.look(TODAY + 3 * MINUTE) == [SLUG]
    assert {str(key) for key in room.signers()} == {rotated["verifier_key"]}
    assert len(room.sizes()) == 2
    assert room.alarms() == {}


def test_after_a_restored_backup_the_operators_word_is_needed_and_enough(
    seal: Typed, room: SealingRoom, monkeypatch: pytest.MonkeyPatch, backup: Callable[[], str]
) -> None:
    first = room.begin()
    old = backup()
    grow(room.url, 3)
    room.look(TODAY + MINUTE)
    lost = room.on_disk()
    room.url = old
    monkeypatch.setenv("DATABASE_URL", old)
    room.start()
    assert room.look(TODAY + 2 * MINUTE) == []

    assert seal("trust") == [{"school": SLUG, "size": first}]

    grow(old)
    assert room.look(TODAY + 3 * MINUTE) == [SLUG]
    [kept] = room.signer.room.glob(f"{LAST}.replaced-*")
    assert kept.read_text("utf-8") == lost  # the evidence stays


def test_the_operators_word_does_not_make_an_edited_log_whole(
    seal: Typed, room: SealingRoom
) -> None:
    room.begin()
    with psycopg.connect(room.url) as conn:
        conn.execute("UPDATE school_lesnaya.tree_tile SET hashes = sha256(hashes) || hashes")

    assert "записанное раньше изменено" in seal.refuses("trust")


def test_the_data_directory_may_be_named_before_the_action(
    seal: Typed, room: SealingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.begin()
    monkeypatch.delenv("LETOPIS_DATA_DIR")

    [one] = seal("--data", os.fspath(room.settings.data_dir), "key")

    assert one["here"] is True
