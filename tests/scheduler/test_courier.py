"""A seal leaves the house: witnesses, a folder, a letter; none of them keeps a log unsealed."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from projections.merkle import verify_consistency
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import WITNESS, Note, SigningKey, VerifierKey
from scheduler.sealing import witnesses
from scheduler.sealing.courier import Courier
from scheduler.sealing.mail import sender_of
from scheduler.sealing.publication import published_size
from scheduler.sealing.witnesses import WitnessBehind, WitnessRefused
from tests.ground import TODAY
from tests.scheduler.post_office import PostOffice
from tests.scheduler.sealing_room import SCHEMA, SLUG, SealingRoom, grow

MINUTE = timedelta(minutes=1)
CLOSE = datetime(2026, 11, 23, 15, tzinfo=UTC)  # 18:00 in Moscow
CITY = "https://city.example"


class FakeWitness:
    """Answers as a witness does: cosigns what continues what it has seen."""

    def __init__(self, name: str) -> None:
        self.key = SigningKey(name, name.encode().ljust(32), WITNESS)
        self.seen: Checkpoint | None = None
        self.fault: Exception | None = None
        self.asked: list[tuple[int, int]] = []

    def answer(self, old_size: int, proof: Sequence[bytes], note: str) -> str:
        if self.fault is not None:
            raise self.fault
        parsed = Note.parse(note)
        head, seen = Checkpoint.of(parsed), self.seen
        self.asked.append((old_size, head.size))
        if old_size != (seen.size if seen else 0):
            raise WitnessBehind(seen.size if seen else 0)
        if seen and not verify_consistency(seen.size, head.size, seen.root, head.root, proof):
            raise WitnessRefused(422, "not a continuation")
        self.seen = head
        return self.key.sign(parsed.text, 1_700_000_000)


@pytest.fixture
def city(room: SealingRoom, monkeypatch: pytest.MonkeyPatch) -> FakeWitness:
    """The city's witness, which the school asks."""
    return _asked([FakeWitness("city.example/w1")], room, monkeypatch)[0]


def _asked(
    those: list[FakeWitness], room: SealingRoom, monkeypatch: pytest.MonkeyPatch
) -> list[FakeWitness]:
    known = {str(one.key.verifier): one for one in those}

    def cosign(
        url: str, key: VerifierKey, old: int, proof: Sequence[bytes], note: str, timeout_s: float
    ) -> str:
        assert url == CITY
        assert 0 < timeout_s <= 30
        return known[str(key)].answer(old, proof, note)

    monkeypatch.setattr(witnesses, "cosign", cosign)
    lines = [f"{key} {CITY}\n" for key in known]
    room.settings.seals.mkdir(parents=True, exist_ok=True)
    (room.settings.seals / "witnesses.txt").write_text("# кто подписывает\n\n" + "".join(lines))
    return those


def cosigned(room: SealingRoom) -> dict[int, list[str]]:
    """Witness lines by size."""
    with psycopg.connect(room.url) as conn:
        rows = conn.execute(
            f"SELECT size, line FROM {SCHEMA}.cosignature ORDER BY size, witness"
        ).fetchall()
    found: dict[int, list[str]] = {}
    for size, line in rows:
        found.setdefault(size, []).append(line)
    return found


# -- witnesses ---------------------------------------------------------------------------------


def test_every_seal_is_cosigned_once(room: SealingRoom, city: FakeWitness) -> None:
    first = room.begin()
    room.send()
    room.send(TODAY + 5 * MINUTE)
    second = grow(room.url)
    room.look(TODAY + 5 * MINUTE)
    room.send(TODAY + 5 * MINUTE)

    assert city.asked == [(0, first), (first, second)]
    lines = cosigned(room)
    assert set(lines) == {first, second}
    shown = Note.parse(room.sealed()[-1].note + lines[second][0])
    assert shown.verify([city.key.verifier]) == {city.key.verifier: 1_700_000_000}


def test_a_witness_that_knows_another_size_is_shown_the_growth_from_there(
    room: SealingRoom, city: FakeWitness
) -> None:
    first = room.begin()
    room.send()
    with psycopg.connect(room.url) as conn:  # our memory of what it has signed is gone
        conn.execute(f"ALTER TABLE {SCHEMA}.cosignature DISABLE TRIGGER ALL")
        conn.execute(f"DELETE FROM {SCHEMA}.cosignature")
    second = grow(room.url)
    room.look(TODAY + MINUTE)

    room.send(TODAY + MINUTE)

    assert city.asked == [(0, first), (0, second), (first, second)]
    assert set(cosigned(room)) == {second}
    assert room.alarms() == {}


def test_a_witness_that_has_seen_more_is_an_alarm(
    room: SealingRoom, city: FakeWitness, caplog: pytest.LogCaptureFixture
) -> None:
    size = room.begin()
    city.seen = Checkpoint(room.signer.origin, size + 7, b"\0" * 32)

    room.send()

    assert f"видел {size + 7} записей" in room.alarms()["witnesses"]
    assert [one.levelno for one in caplog.records] == [logging.CRITICAL]


def test_a_witness_that_refuses_is_an_alarm_until_it_signs(
    room: SealingRoom, city: FakeWitness
) -> None:
    room.begin()
    city.fault = WitnessRefused(422, "the tree does not continue")
    room.send()
    assert "(422): the tree does not continue" in room.alarms()["witnesses"]

    city.fault = None
    room.send(TODAY + timedelta(seconds=59))
    assert cosigned(room) == {}
    room.send(TODAY + MINUTE)

    assert len(cosigned(room)) == 1
    assert room.alarms() == {}


@pytest.mark.parametrize("fault", [TimeoutError("slow"), WitnessRefused(503, "busy")])
def test_a_witness_that_is_away_is_asked_again_and_hinders_no_other(
    room: SealingRoom, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    away, near = _asked([FakeWitness("away"), FakeWitness("near")], room, monkeypatch)
    size = room.begin()
    away.fault = fault

    room.send()
    assert len(cosigned(room)[size]) == 1
    assert "away не отвечает" in room.alarms()["witnesses"]
    away.fault = None
    room.send(TODAY + MINUTE)

    assert len(cosigned(room)[size]) == 2
    assert near.asked == [(0, size)]


def test_who_is_named_later_is_asked_though_the_log_has_not_grown(
    room: SealingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = room.begin()
    room.send()
    [late] = _asked([FakeWitness("late")], room, monkeypatch)

    room.send(TODAY + MINUTE)

    assert late.asked == [(0, size)]
    assert len(cosigned(room)[size]) == 1


def test_a_school_brought_back_whole_is_betrayed_at_the_first_look(
    room: SealingRoom, city: FakeWitness
) -> None:
    size = room.begin()
    room.send()
    city.seen = Checkpoint(room.signer.origin, size + 7, b"\0" * 32)  # lost with database and keys

    room.start()
    room.send(TODAY + MINUTE)

    assert f"видел {size + 7} записей" in room.alarms()["witnesses"]


def test_a_spoilt_list_of_witnesses_is_told(room: SealingRoom) -> None:
    room.begin()
    (room.settings.seals / "witnesses.txt").write_text("city.example\n", "utf-8")

    room.send()

    assert "нужны ключ и адрес" in room.alarms()["witnesses"]


# -- the folder --------------------------------------------------------------------------------


@pytest.fixture
def folder(room: SealingRoom, tmp_path: Path) -> Path:
    """Where seals are published."""
    folder = tmp_path / "published"
    folder.mkdir()
    room.settings = replace(room.settings, publish_dir=folder)
    room.start()
    return folder


def test_seals_are_published_with_the_lines_of_witnesses_and_the_keys(
    room: SealingRoom, city: FakeWitness, folder: Path
) -> None:
    first = room.begin()
    room.send()
    second = grow(room.url)
    room.look(TODAY + MINUTE)
    room.send(TODAY + MINUTE)

    place = folder / room.signer.origin
    assert {path.name for path in place.iterdir()} == {
        "keys.txt", "latest.note", f"{first}.note", f"{second}.note",
    }  # fmt: skip
    latest = (place / "latest.note").read_text("utf-8")
    assert (place / f"{second}.note").read_text("utf-8") == latest
    assert set(Note.parse(latest).verify([*room.verifiers(), city.key.verifier])) == {
        *room.verifiers(),
        city.key.verifier,
    }
    assert (place / "keys.txt").read_text("utf-8").startswith(f"{room.verifiers()[0]} since ")
    assert published_size(folder, room.signer.origin) == second


def test_what_a_missing_folder_has_not_got_is_published_later(
    room: SealingRoom, folder: Path
) -> None:
    sizes = [room.begin()]
    folder.rmdir()  # the mount is away
    room.send()
    assert "No such file" in room.alarms()["publication"]
    for n in (1, 2):
        sizes.append(grow(room.url))
        assert room.look(TODAY + n * MINUTE) == [SLUG]  # sealed all the same

    folder.mkdir()
    room.send(TODAY + 5 * MINUTE)

    place = folder / room.signer.origin
    assert all((place / f"{size}.note").exists() for size in sizes)
    assert published_size(folder, room.signer.origin) == sizes[-1]
    assert room.alarms() == {}


def test_a_line_that_comes_late_is_published_too(
    room: SealingRoom, city: FakeWitness, folder: Path
) -> None:
    room.begin()
    city.fault = TimeoutError("away")
    room.send()
    city.fault = None
    room.send(TODAY + MINUTE)

    latest = (folder / room.signer.origin / "latest.note").read_text("utf-8")
    assert city.key.verifier in Note.parse(latest).verify([city.key.verifier])


def test_a_folder_that_knows_more_than_the_log_is_an_alarm(room: SealingRoom, folder: Path) -> None:
    room.begin()
    place = folder / room.signer.origin
    place.mkdir()
    text = str(Checkpoint(room.signer.origin, 10_000, b"\0" * 32))
    (place / "latest.note").write_text(f"{text}\n{SigningKey('x', b'x' * 32).sign(text)}", "utf-8")

    room.send()

    assert "под 10000 записями" in room.alarms()["publication"]


# -- the letter --------------------------------------------------------------------------------


@pytest.fixture
def post(room: SealingRoom) -> Iterator[PostOffice]:
    """The mail server, and two who get the day's seal."""
    with PostOffice() as office:
        room.settings = replace(
            room.settings,
            smtp_url=office.url,
            seal_mail_to=("auditor@city.example", "parents@school.example"),
        )
        room.start()
        yield office


def test_the_seal_of_the_day_is_mailed_once(room: SealingRoom, post: PostOffice) -> None:
    size = room.begin(CLOSE - timedelta(hours=3))
    room.send(CLOSE - MINUTE)
    assert post.letters == []

    room.send(CLOSE)
    room.courier = Courier(room.courier.database, room.settings)  # a new process
    room.send(CLOSE + MINUTE)

    [(to, letter)] = post.letters
    assert to == ["auditor@city.example", "parents@school.example"]
    assert letter["Subject"] == f"Печать журнала за 23.11.2026: Школа {SLUG}, записей {size}"
    body, attached = letter.get_body(("plain",)), next(letter.iter_attachments())
    assert body is not None
    note = room.sealed()[-1].note
    assert note in body.get_content().replace("\r\n", "\n")
    assert attached.get_payload(decode=True) == note.encode()
    assert attached.get_content() == note
    assert attached.get_filename() == f"{size}.note"


def test_the_letter_waits_for_the_seal_that_closes_the_day(
    room: SealingRoom, post: PostOffice
) -> None:
    room.begin(CLOSE - MINUTE)
    size = grow(room.url)
    room.send(CLOSE)
    assert post.letters == []

    room.look(CLOSE + timedelta(seconds=1))
    room.send(CLOSE + timedelta(seconds=2))

    [(_, letter)] = post.letters
    assert letter["Subject"].endswith(f"записей {size}")


def test_there_is_no_letter_when_nothing_has_come(room: SealingRoom, post: PostOffice) -> None:
    room.begin(CLOSE - MINUTE)
    for days in range(5):
        room.send(CLOSE + timedelta(days=days))
    assert len(post.letters) == 1

    grow(room.url)
    room.look(CLOSE + timedelta(days=5))
    room.send(CLOSE + timedelta(days=5))
    assert len(post.letters) == 2


def test_a_letter_that_could_not_be_sent_is_sent_later(room: SealingRoom, post: PostOffice) -> None:
    room.begin(CLOSE - MINUTE)
    post.closed = True
    room.send(CLOSE)
    assert "421" in room.alarms()["mail"]

    post.closed = False
    room.send(CLOSE + timedelta(seconds=59))
    assert post.letters == []
    room.send(CLOSE + MINUTE)

    assert len(post.letters) == 1
    assert room.alarms() == {}


def test_a_password_goes_over_no_open_line(room: SealingRoom, post: PostOffice) -> None:
    url = post.url.replace("://", "://letopis:secret@")
    room.settings = replace(room.settings, smtp_url=url)
    room.start()
    room.begin(CLOSE - MINUTE)

    room.send(CLOSE)

    assert "пароль не отправлен" in room.alarms()["mail"]
    assert post.letters == []


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("smtp://mail.example:25", "letopis@mail.example"),
        ("smtp://journal:x@mail.example", "journal@mail.example"),
        ("smtps://journal%40school.example:x@mail.example", "journal@school.example"),
    ],
)
def test_a_letter_is_from_the_account_that_sends_it(url: str, sender: str) -> None:
    assert sender_of(url) == sender
