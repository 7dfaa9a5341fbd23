"""Receipts of marks, good without us; and statements that wait for the seal."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg import Connection

from api.house import Door, House
from api.sealing import sealed
from domain.refusals import Busy
from projections import merkle
from projections.seals.book import CHANNEL
from projections.seals.checkpoint import Checkpoint, Receipt
from projections.seals.note import Note
from tests.api.ground import SLUG, Clock, Desk, project
from tests.api.test_log import judged
from tests.api.test_marks import FIVE, FOUR, TYPO, give
from tests.cast import OLGA, SCHOOL
from tests.sealing import Sealer

At = Callable[[str], Desk]
RECEIPT = f"/marks/{FIVE}/receipt"


@pytest.fixture
def given(desk: At, sealer: Sealer, clock: Clock, kukarino: str) -> int:
    """A five for Petya and a four for Masha, sealed; the position of the five."""
    position = give(desk("anna"))
    project(kukarino)
    sealer.seal(clock())
    return position - 1


@pytest.fixture
def superuser(kukarino: str) -> Any:
    """Who may do everything to the tables."""
    with psycopg.connect(kukarino, autocommit=True) as conn:
        conn.execute("SET search_path = school_kukarino")
        yield conn


def test_a_stranger_gets_no_receipt(desk: At, client: TestClient, given: int) -> None:
    assert client.get(f"/api/v1{RECEIPT}").status_code == 401
    for login in ("zoya", "masha", "tanya"):
        answer = desk(login).get(RECEIPT)
        assert (answer.status_code, answer.json()["code"]) == (404, "mark.unknown"), login
    assert desk("oleg").get(RECEIPT).status_code == 403  # no consent of his
    assert desk("olga").get(f"/marks/{FOUR}/receipt").status_code == 404  # Masha's


def test_a_mother_takes_a_receipt_that_is_good_without_us(
    desk: At, sealer: Sealer, given: int
) -> None:
    answer = desk("olga").get(RECEIPT)

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    name = f'attachment; filename="otmetka-{given}.tlog-proof"'
    assert answer.headers["content-disposition"] == name
    assert answer.headers["cache-control"] == "private, no-cache"
    receipt = Receipt.parse(answer.text)
    assert receipt.index == given - 1
    assert receipt.note.verify([sealer.key.verifier])
    head = Checkpoint.of(receipt.note)
    assert head.origin == SCHOOL
    leaf = merkle.leaf_hash(receipt.leaf)
    assert merkle.verify_inclusion(leaf, receipt.index, head.size, receipt.path, head.root)
    assert b'"value":"5"' in receipt.leaf
    assert "Петров".encode() not in receipt.leaf


@pytest.mark.parametrize("login", ["olga", "petya", "anna", "kira", "vera", "igor"])
def test_who_may_take_the_receipt_of_a_mark(desk: At, given: int, login: str) -> None:
    assert desk(login).get(RECEIPT).status_code == 200


def test_taking_a_receipt_leaves_a_line_in_the_access_log(
    desk: At, given: int, superuser: Connection[Any]
) -> None:
    desk("olga").get(RECEIPT)

    looks = superuser.execute(
        "SELECT subject, outcome, basis FROM access_log WHERE act = 'mark' AND person_id = %s",
        (OLGA,),
    ).fetchall()
    assert looks == [(FIVE, "ok", "guardian")]


def test_each_fact_of_a_mark_has_a_receipt_of_its_own(
    desk: At, client: TestClient, sealer: Sealer, clock: Clock, kukarino: str, given: int
) -> None:
    corrected = desk("anna").post(f"/marks/{FIVE}/corrections", TYPO).json()["position"]
    project(kukarino)
    sealer.seal(clock())
    olga = desk("olga")

    newest, first = olga.get(RECEIPT), olga.get(RECEIPT, position=given)

    assert [Receipt.parse(one.text).index + 1 for one in (newest, first)] == [corrected, given]
    told = judged(client, newest.text)
    assert told["verdict"] == "in_log"
    about: Any = told["about"]
    assert (about["kind"], about["old_value"], about["value"]) == ("mark-corrected", "5", "4")
    assert (about["position"], about["size"]) == (corrected, corrected)
    assert about["recorded_at"] == clock().isoformat().replace("+00:00", "Z")
    assert "Петров" not in str(told)
    for others in (given + 1, 1, corrected + 1):  # Masha's mark, the year, nothing
        answer = olga.get(RECEIPT, position=others)
        assert (answer.status_code, answer.json()["code"]) == (404, "mark.no_such_position")


def test_before_the_seal_one_is_told_when_to_come_back(
    desk: At, sealer: Sealer, clock: Clock, kukarino: str
) -> None:
    anna = desk("anna")
    give(anna)
    project(kukarino)
    olga = desk("olga")

    never = olga.get(RECEIPT)
    first = sealer.seal(clock())
    position = anna.post(f"/marks/{FIVE}/corrections", TYPO).json()["position"]
    project(kukarino)
    early = olga.get(RECEIPT)

    for answer in (never, early):
        assert (answer.status_code, answer.json()["code"]) == (503, "log.not_sealed_yet")
        assert answer.headers["retry-after"] == "60"
        assert "Печать ставится раз в минуту" in answer.json()["detail"]
    assert Checkpoint.of(Note.parse(first)).size == position - 1
    assert olga.get(RECEIPT, position=position - 2).status_code == 200


def test_a_mark_changed_behind_our_back_gets_no_receipt_and_betrays_itself(
    desk: At, client: TestClient, given: int, superuser: Connection[Any]
) -> None:
    olga = desk("olga")
    kept = olga.get(RECEIPT).text
    superuser.execute("ALTER TABLE facts DISABLE TRIGGER ALL")
    superuser.execute(
        "UPDATE facts SET state = convert_to(replace(convert_from(state, 'UTF8'),"
        """ '"value":"5"', '"value":"2"'), 'UTF8') WHERE notification_id = %s""",
        (given,),
    )

    answer = olga.get(RECEIPT)

    assert (answer.status_code, answer.json()["code"]) == (409, "log.altered")
    told: Any = judged(client, kept)
    assert told["verdict"] == "rewritten"
    assert told["about"]["value"] == "5"  # what was sealed, not what stands there now


# -- statements wait for the seal --------------------------------------------------------------


@pytest.fixture
def door(client: TestClient) -> Door:
    """Kukarino as the app serves it."""
    house: House = client.app.state.house  # type: ignore[attr-defined]
    doors: list[Door] = called(client, house.doors)
    return doors[0]


def called(client: TestClient, *what: Any) -> Any:
    """Call something of the app where the app lives."""
    assert client.portal is not None
    return client.portal.call(*what)


def test_what_is_sealed_is_printed_at_once(client: TestClient, door: Door, given: int) -> None:
    found = called(client, sealed, door, given, 0.0)

    assert found.size == given + 1


def test_what_is_not_sealed_yet_is_asked_for(
    client: TestClient,
    door: Door,
    desk: At,
    sealer: Sealer,
    clock: Clock,
    given: int,
    kukarino: str,
) -> None:
    position = desk("anna").post(f"/marks/{FIVE}/corrections", TYPO).json()["position"]
    project(kukarino)
    heard: list[str] = []
    with psycopg.connect(kukarino, autocommit=True) as conn:
        conn.execute(f"LISTEN {CHANNEL}")

        def seal() -> None:
            heard.extend(one.payload for one in conn.notifies(timeout=60, stop_after=1))
            sealer.seal(clock())

        listening = Thread(target=seal)
        listening.start()
        found = called(client, sealed, door, position, 60.0)
        listening.join()

    assert heard == [SLUG]
    assert found.size == position


def test_a_sealer_that_does_not_come_is_not_waited_for(
    client: TestClient, door: Door, desk: At, given: int, kukarino: str
) -> None:
    position = desk("anna").post(f"/marks/{FIVE}/corrections", TYPO).json()["position"]
    project(kukarino)

    with pytest.raises(Busy, match="раз в минуту") as refusal:
        called(client, sealed, door, position, 0.0)

    assert (refusal.value.code, refusal.value.extra) == (
        "log.not_sealed_yet",
        {"retry_after": 60},
    )
