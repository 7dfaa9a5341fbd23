"""`letopis doctor` and `/metrics` tell how the seals are."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from api.cli import main
from api.commands.supervisor import Interrupted, Supervisor
from projections.seals.older import older_copies
from projections.seals.signer import LAST
from tests.api.ground import Clock, running
from tests.conftest import SECRET
from tests.scheduler.sealing_room import SLUG, SealingRoom, fold, grow

SEAL, KEYS = f"печать школы {SLUG}", f"ключи печати школы {SLUG}"


class Doctor:
    """What `letopis doctor` finds about the seals: what → good, found."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self) -> dict[str, tuple[bool, str]]:
        main(["doctor", "--json"])
        found = json.loads(self._capsys.readouterr().out)
        return {one["what"]: (one["good"], one["found"]) for one in found if "печат" in one["what"]}


@pytest.fixture
def doctor(
    room: SealingRoom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doctor:
    monkeypatch.setenv("DATABASE_URL", room.url)
    monkeypatch.setenv("LETOPIS_SECRET", SECRET)
    monkeypatch.setenv("LETOPIS_DATA_DIR", str(room.settings.data_dir))
    return Doctor(capsys)


def test_a_log_that_nobody_seals_is_found(doctor: Doctor, room: SealingRoom) -> None:
    size = fold(room.url)

    assert doctor() == {
        SEAL: (False, f"нет ни одной; ждут печати {size}, с 23.11.2026 12:00 UTC"),
        KEYS: (True, f"отсюда не видны ({room.signer.room})"),
    }


def test_a_sealed_log_is_well_and_a_minute_of_waiting_too(
    doctor: Doctor, room: SealingRoom
) -> None:
    now = datetime.now(UTC)
    size = room.begin(now)
    at = f"{now:%d.%m.%Y %H:%M} UTC"

    assert doctor() == {
        SEAL: (True, f"под {size} записями, {at}"),
        KEYS: (True, f"1, {room.signer.room}"),
    }
    grow(room.url)
    assert doctor()[SEAL] == (True, f"под {size} записями, {at}; ждут печати 1, с {at}")


def test_what_waits_too_long_is_found(doctor: Doctor, room: SealingRoom) -> None:
    room.begin(datetime.now(UTC) - timedelta(minutes=11))
    grow(room.url)

    good, found = doctor()[SEAL]

    assert not good
    assert "ждут печати 1" in found


def test_a_refusal_is_found_until_it_is_mended(doctor: Doctor, room: SealingRoom) -> None:
    now = datetime.now(UTC)
    room.begin(now)
    kept = (room.signer.room / LAST).read_bytes()
    (room.signer.room / LAST).unlink()
    room.look(now + timedelta(minutes=1))

    good, found = doctor()[f"тревога печати школы {SLUG} (seal)"]
    assert not good
    assert "letopis seal trust" in found
    assert f"(с {now + timedelta(minutes=1):%d.%m.%Y %H:%M} UTC)" in found

    (room.signer.room / LAST).write_bytes(kept)
    room.look(now + timedelta(minutes=2))
    assert set(doctor()) == {SEAL, KEYS}


def test_an_old_copy_in_place_of_the_living_database_is_told_by_every_door(
    doctor: Doctor,
    room: SealingRoom,
    backup: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = datetime.now(UTC)
    room.begin(now)
    old = backup()
    size = grow(room.url)
    room.look(now + timedelta(minutes=1))
    assert older_copies(room.url, room.settings.seals) == {}
    room.url = old
    monkeypatch.setenv("DATABASE_URL", old)
    settings = dataclasses.replace(room.settings, database_url=old)
    words = f"В журнале {size - 1} записей, а печать стоит уже под {size}: базу вернули в прошлое."

    # The doctor and a start look themselves: no sealer need have looked before.
    good, found = doctor()[f"тревога печати школы {SLUG} (seal)"]
    assert not good
    assert words in found
    assert f"ВНИМАНИЕ, школа {SLUG}: {words}" in said_at_a_start(monkeypatch, capsys)

    room.start()
    room.look(now + timedelta(minutes=2))
    with running(settings, Clock(now)) as client:
        ready = client.get("/readyz")
        assert ready.status_code == 503
        [trouble] = ready.json()["schools"][SLUG]["troubles"]
        assert (trouble["about"], trouble["code"]) == ("seal", "rollback")
        assert words in trouble["words"]
        assert f'letopis_trouble{{school="{SLUG}",about="seal"}} 1' in client.get("/metrics").text

        # The way out when nothing newer is left: the operator says so, and what is lost is known.
        assert main(["seal", "trust"]) == 0
        room.start()
        room.look(now + timedelta(minutes=3))
        assert client.get("/readyz").status_code == 200
    assert older_copies(old, room.settings.seals) == {}


def said_at_a_start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What `letopis up` says before it serves anybody."""

    def enough(*_: object) -> bool:
        raise Interrupted

    capsys.readouterr()
    with monkeypatch.context() as here:
        here.setattr("api.commands.up.wanted", enough)
        here.setattr(Supervisor, "listen", lambda _: None)
        assert main(["up", "--port", "18099"]) == 0
    return capsys.readouterr().err


def test_a_key_that_others_can_read_is_found(doctor: Doctor, room: SealingRoom) -> None:
    room.begin()
    (room.signer.room / "key-1").chmod(0o644)

    good, found = doctor()[KEYS]

    assert not good
    assert f"chmod 600 {room.signer.room / 'key-1'}" in found


def test_the_last_seal_is_measured(room: SealingRoom) -> None:
    def figures() -> dict[str, str]:
        with running(room.settings, Clock(later)) as client:
            lines = client.get("/metrics").text.splitlines()
        return dict(line.rsplit(" ", 1) for line in lines if "checkpoint" in line[:20])

    later = datetime(2026, 11, 23, 12, 1, 30, tzinfo=UTC)
    assert figures() == {}
    size = room.begin()

    assert figures() == {
        f'letopis_checkpoint_size{{school="{SLUG}"}}': str(size),
        f'letopis_checkpoint_age_seconds{{school="{SLUG}"}}': "90",
    }
