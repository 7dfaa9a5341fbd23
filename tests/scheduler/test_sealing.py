"""What grows is sealed, at its time; what does not continue the last seal never is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from projections import tree
from projections.postgres.settings import Settings
from projections.seals import book
from projections.seals.book import Sealed, Sight
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import Note
from projections.seals.signer import LAST
from scheduler.sealing.due import due
from tests.ground import TODAY, engine_on, lay, register, request, school_on
from tests.ground import ground_of as ids_of
from tests.scheduler.sealing_room import SCHEMA, SLUG, SealingRoom, fold, grow

MINUTE = timedelta(minutes=1)
CLOSE = datetime(2026, 11, 23, 15, tzinfo=UTC)  # 18:00 in Moscow


# -- when --------------------------------------------------------------------------------------


def test_the_first_seal_follows_its_key(room: SealingRoom) -> None:
    size = room.begin()

    [one] = room.sealed()
    assert (one.size, one.why, one.at) == (size, "grown", TODAY)
    assert Checkpoint.of(Note.parse(one.note)) == Checkpoint(room.signer.origin, size, one.root)
    assert room.signers() == set(room.verifiers())
    assert room.on_disk() == one.note
    with psycopg.connect(room.url) as conn:
        [(key, reason)] = conn.execute(
            f"SELECT verifier_key, reason FROM {SCHEMA}.audit_key"
        ).fetchall()
    assert (key, reason) == (str(room.verifiers()[0]), "first")


def test_a_log_without_facts_is_left_alone(settings: Settings) -> None:
    register(str(settings.database_url), SLUG)
    empty = SealingRoom(settings)

    assert empty.look() == []
    assert (empty.sizes(), empty.verifiers()) == ([], [])


def test_what_has_grown_is_sealed_once_a_minute(room: SealingRoom) -> None:
    first = room.begin()
    second = grow(room.url)

    assert room.look(TODAY + timedelta(seconds=59)) == []
    assert room.look(TODAY + MINUTE) == [SLUG]
    assert room.sizes() == [first, second]


def test_a_quiet_school_is_not_sealed_again(room: SealingRoom) -> None:
    size = room.begin()

    for minutes in (1, 2, 180, 60 * 24 * 30):
        assert room.look(TODAY + minutes * MINUTE, {SLUG}) == []
    assert room.sizes() == [size]


def test_a_seal_that_was_asked_for_is_put_at_once(room: SealingRoom) -> None:
    room.begin()
    grow(room.url)

    assert room.look(TODAY, {"another"}) == []
    assert room.look(TODAY, {SLUG}) == [SLUG]
    assert room.sealed()[-1].why == "statement"


def test_seals_of_two_sealers_keep_their_order_and_a_clock_set_back_is_told(
    room: SealingRoom,
) -> None:
    """Whoever looks at the clock first may come to sign last."""
    room.begin()
    for looked, told in ((-0.01, 0), (-86_400, -86_400)):
        grow(room.url)
        assert room.look(TODAY + timedelta(seconds=looked), {SLUG}) == [SLUG]
        assert room.sealed()[-1].at == TODAY + timedelta(seconds=told)


def test_a_seal_that_was_asked_for_waits_for_the_tree(room: SealingRoom) -> None:
    room.begin()
    with engine_on(room.url) as engine:
        school_on(engine, SLUG).introduce_seal_key(
            f"{room.signer.origin}+00000000+AQ==",
            "planned",
            by=ids_of(SLUG).operator,
            request=request(),
        ).result(10)
    assert room.look(TODAY, {SLUG}) == []  # not folded yet

    size = fold(room.url)

    assert room.look(TODAY) == [SLUG]
    assert room.sizes()[-1] == size
    grow(room.url)
    assert room.look(TODAY) == []  # what came later was not asked for


def test_the_day_is_closed_at_once(room: SealingRoom) -> None:
    room.begin(CLOSE - timedelta(seconds=30))
    grow(room.url)

    assert room.look(CLOSE - timedelta(seconds=1)) == []
    assert room.look(CLOSE) == [SLUG]
    assert room.sealed()[-1].why == "day-close"


def a_sight(size: int, at: datetime) -> Sight:
    return Sight(size + 5, size + 5, Sealed(size, b"", "", "grown", at))


@pytest.mark.parametrize(
    ("at", "now", "why"),
    [
        (CLOSE - timedelta(hours=2), CLOSE - MINUTE, "grown"),
        (CLOSE - timedelta(hours=2), CLOSE + timedelta(minutes=59), "day-close"),
        (CLOSE - timedelta(hours=2), CLOSE + timedelta(hours=1), "grown"),
        (CLOSE, CLOSE + timedelta(seconds=30), None),
        (CLOSE + MINUTE, CLOSE + 2 * MINUTE, "grown"),
        (CLOSE - timedelta(days=3), CLOSE - timedelta(hours=6), "grown"),
        (CLOSE + MINUTE, CLOSE - timedelta(days=1, hours=6), "grown"),  # the clock was put back
    ],
)
def test_a_day_is_closed_once_and_not_on_the_next_morning(
    at: datetime, now: datetime, why: str | None
) -> None:
    zone, close = "Europe/Moscow", time(18)
    assert due(a_sight(9, at), now, zone=zone, close=close, every=MINUTE, asked=False) == why


def test_every_school_is_sealed_and_one_that_cannot_be_hinders_nobody(room: SealingRoom) -> None:
    room.begin()
    register(room.url, "zarechnaya")
    with engine_on(room.url) as engine:
        lay(school_on(engine, "zarechnaya"))
    (room.signer.room / LAST).unlink()
    grow(room.url)

    fold(room.url, "zarechnaya")
    assert room.look(TODAY + MINUTE) == []
    fold(room.url, "zarechnaya")
    assert room.look(TODAY + MINUTE) == ["zarechnaya"]
    assert "letopis seal trust" in room.alarms()["seal"]


# -- what is refused ---------------------------------------------------------------------------


def test_a_database_brought_back_to_the_past_is_refused_even_when_it_is_quiet(
    room: SealingRoom, backup: Callable[[], str]
) -> None:
    room.begin()
    old = backup()
    grow(room.url)
    room.look(TODAY + MINUTE)
    kept, room.url = room.on_disk(), old
    room.start()

    assert room.look(TODAY + 2 * MINUTE) == []

    assert "вернули в прошлое" in room.alarms()["seal"]
    assert room.on_disk() == kept


def test_a_backup_that_was_written_on_is_refused(
    room: SealingRoom, backup: Callable[[], str]
) -> None:
    room.begin()
    old = backup()
    grow(room.url, 2)
    room.look(TODAY + MINUTE)
    kept, room.url = room.on_disk(), old
    before = room.sizes()
    grow(room.url, 5)

    for minutes in (2, 3, 4):
        assert room.look(TODAY + minutes * MINUTE, {SLUG}) == []

    assert "записанное раньше изменено" in room.alarms()["seal"]
    assert (room.on_disk(), room.sizes()) == (kept, before)


def test_an_edited_tree_is_refused(room: SealingRoom) -> None:
    size = room.begin()
    grow(room.url)
    _edit_leaf(room.url, size - 1)

    assert room.look(TODAY + MINUTE) == []

    assert "записанное раньше изменено" in room.alarms()["seal"]
    assert room.sizes() == [size]

    _edit_leaf(room.url, size - 1)  # the same flip back
    assert room.look(TODAY + 2 * MINUTE) == [SLUG]
    assert room.alarms() == {}


def test_a_tree_with_a_hole_is_refused(room: SealingRoom) -> None:
    room.begin()
    grow(room.url)
    with psycopg.connect(room.url) as conn:
        conn.execute(f"DELETE FROM {SCHEMA}.tree_tile WHERE level = 1")

    assert room.look(TODAY + MINUTE) == []
    assert room.alarms()


def _edit_leaf(url: str, index: int) -> None:
    """Flip a byte of a leaf's hash in its tile."""
    at = index % tree.WIDTH * 32
    with psycopg.connect(url) as conn:
        conn.execute(
            SQL(
                "UPDATE {}.tree_tile SET hashes = set_byte(hashes, %(at)s,"
                " get_byte(hashes, %(at)s) # 1) WHERE level = 0 AND idx = %(idx)s"
            ).format(Identifier(SCHEMA)),
            {"at": at, "idx": index // tree.WIDTH},
        )


def test_a_checkpoint_of_the_table_that_the_sealer_did_not_sign_is_refused(
    room: SealingRoom,
) -> None:
    size = room.begin()
    with psycopg.connect(room.url) as conn:
        conn.execute(
            f"INSERT INTO {SCHEMA}.checkpoint VALUES (%s, %s, 'forged', 'grown', %s)",
            (size + 1, b"\x01" * 32, TODAY),
        )

    grow(room.url, 2)
    assert room.look(TODAY + MINUTE) == []
    assert "записанное раньше изменено" in room.alarms()["seal"]
    assert room.sizes() == [size, size + 1]


def test_another_root_in_the_table_for_what_was_signed_is_refused(room: SealingRoom) -> None:
    room.begin()
    grow(room.url)
    with psycopg.connect(room.url) as conn:  # as a superuser could
        conn.execute(f"ALTER TABLE {SCHEMA}.checkpoint DISABLE TRIGGER ALL")
        conn.execute(f"UPDATE {SCHEMA}.checkpoint SET root = sha256(root)")

    assert room.look(TODAY + MINUTE) == []
    assert "записанное раньше изменено" in room.alarms()["seal"]


def test_without_its_last_note_nothing_is_signed(room: SealingRoom) -> None:
    size = room.begin()
    grow(room.url)
    (room.signer.room / LAST).unlink()

    assert room.look(TODAY + MINUTE) == []

    assert "Верните каталог печати" in room.alarms()["seal"]
    assert room.sizes() == [size]


def test_without_its_keys_nothing_is_signed(room: SealingRoom) -> None:
    room.begin()
    grow(room.url)
    (room.signer.room / "key-1").unlink()

    assert room.look(TODAY + MINUTE) == []
    assert "rotate --reason lost" in room.alarms()["seal"]
    assert room.verifiers() == []


def test_another_key_in_the_place_of_ours_signs_nothing(room: SealingRoom) -> None:
    room.begin()
    grow(room.url)
    (room.signer.room / "key-1").unlink()
    room.signer.unannounced(())

    assert room.look(TODAY + MINUTE) == []
    assert "нет ключа, который знает журнал" in room.alarms()["seal"]


def test_when_the_table_forgets_its_keys_that_is_an_alarm(room: SealingRoom) -> None:
    room.begin()
    grow(room.url)
    with psycopg.connect(room.url) as conn:
        conn.execute(f"DELETE FROM {SCHEMA}.audit_key")

    assert room.look(TODAY + MINUTE) == []
    assert "letopis verify" in room.alarms()["seal"]


def test_loose_permissions_stop_the_seal(room: SealingRoom) -> None:
    room.begin()
    grow(room.url)
    (room.signer.room / "key-1").chmod(0o640)

    assert room.look(TODAY + MINUTE) == []
    assert "chmod 600" in room.alarms()["seal"]


def test_a_refusal_is_told_once_a_minute(
    room: SealingRoom, caplog: pytest.LogCaptureFixture
) -> None:
    room.begin()
    grow(room.url)
    (room.signer.room / LAST).unlink()

    for seconds in range(60, 181, 10):
        room.look(TODAY + timedelta(seconds=seconds))

    loud = [one for one in caplog.records if one.levelno == logging.CRITICAL]
    assert len(loud) == 3
    assert "НЕ ПОСТАВЛЕНА" in loud[0].message


def test_a_tree_that_a_crash_left_behind_is_waited_for(room: SealingRoom) -> None:
    """Rows of projections may be lost with the server's last half second; they are folded again."""
    room.begin()
    tile = grow(room.url, tree.WIDTH + 1) // tree.WIDTH
    assert room.look(TODAY, {SLUG}) == [SLUG]
    with psycopg.connect(room.url) as conn:
        conn.execute(f"DELETE FROM {SCHEMA}.tree_tile WHERE level = 0 AND idx >= %s", (tile,))
        conn.execute(
            f"UPDATE {SCHEMA}.bookmark SET position = %s WHERE name = 'tree_v1'",
            (tile * tree.WIDTH,),
        )
    room.start()

    assert room.look(TODAY + MINUTE) == []
    assert room.alarms() == {}


# -- a crash between the disk and the table ----------------------------------------------------


def test_a_note_that_a_crash_kept_from_the_table_is_stored_first(
    room: SealingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = room.begin()
    second = grow(room.url)

    async def crash(*_: object) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(book, "put", crash)
        assert room.look(TODAY + MINUTE) == []
    assert room.sizes() == [first]
    kept = room.on_disk()
    assert f"\n{second}\n" in kept
    third = grow(room.url)
    room.start()

    assert room.look(TODAY + 2 * MINUTE) == [SLUG]
    assert room.sizes() == [first, second, third]
    assert room.sealed()[1].note == kept
    assert room.alarms() == {}


def test_a_second_crash_does_not_lose_what_the_first_one_left(
    room: SealingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, put = [room.begin()], book.put
    for crash in (1, 2):
        sizes.append(grow(room.url))
        stored = 0

        async def storing(*row: Any) -> None:
            nonlocal stored
            stored += 1
            if stored == crash:  # the note that was signed last  # noqa: B023
                raise OSError("killed")
            await put(*row)

        with monkeypatch.context() as patched:
            patched.setattr(book, "put", storing)
            assert room.look(TODAY + crash * MINUTE) == []
    sizes.append(grow(room.url))

    room.look(TODAY + 3 * MINUTE)

    assert room.sizes() == sizes


def test_such_a_note_is_stored_in_a_quiet_school_too(
    room: SealingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = room.begin()
    second = grow(room.url)

    async def crash(*_: object) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(book, "put", crash)
        room.look(TODAY + MINUTE)
    room.start()

    assert room.look(TODAY + MINUTE) == []  # nothing new is signed
    assert room.sizes() == [first, second]


# -- keys --------------------------------------------------------------------------------------


def test_after_a_rotation_both_keys_sign_until_the_old_one_is_retired(room: SealingRoom) -> None:
    room.begin()
    old = room.verifiers()[0]
    new = room.signer.unannounced({str(old)})
    grow(room.url)
    room.look(TODAY + MINUTE)
    assert room.signers() == {old}  # the new one is not announced yet

    _command(room, "introduce_seal_key", str(new))
    room.look(TODAY + 2 * MINUTE)
    assert room.signers() == {old, new}

    _command(room, "retire_seal_key", str(old))
    room.look(TODAY + 3 * MINUTE)
    assert room.signers() == {new}  # although its file is still here
    assert len(room.sizes()) == 4


def _command(room: SealingRoom, name: str, key: str) -> None:
    with engine_on(room.url) as engine:
        school = school_on(engine, SLUG)
        command = getattr(school, name)
        command(key, "planned", by=ids_of(SLUG).operator, request=request()).result(10)
    fold(room.url)
