"""The log's own doors: what anybody may check, and what inspectors may ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from domain.audit.facts import CheckCompleted, Finding
from projections.merkle import verify_consistency
from projections.projector import Projector
from projections.seals.checkpoint import Checkpoint, hash_of
from projections.seals.note import Note, SigningKey, VerifierKey
from tests.api.ground import OPERATOR, Clock, Desk, project, school_behind
from tests.api.test_marks import give
from tests.cast import IGOR, SCHOOL, an_id
from tests.ground import request
from tests.sealing import WITNESS_KEY, Sealer

At = Callable[[str], Desk]
CHECK = an_id("проверка")
ASKED = {"check_id": CHECK, "kind": "verification"}


def get(client: TestClient, path: str, **query: object) -> Response:
    """What somebody without a session is answered."""
    return client.get(f"/api/v1{path}", params=query)  # type: ignore[arg-type]


def judged(client: TestClient, text: str) -> dict[str, object]:
    """The verdict on a paper, for somebody without a session."""
    answer = client.post("/api/v1/log/verification", json={"text": text})
    assert answer.status_code == 200, answer.text
    verdict: dict[str, object] = answer.json()
    return verdict


# -- checkpoints -------------------------------------------------------------------------------


def test_anybody_reads_the_newest_checkpoint(
    client: TestClient, sealer: Sealer, clock: Clock
) -> None:
    nothing = get(client, "/log/checkpoint")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "log.not_sealed")
    note = sealer.seal(clock())

    answer = get(client, "/log/checkpoint")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == note
    signed = Note.parse(answer.text)
    assert signed.verify([sealer.key.verifier])
    assert Checkpoint.of(signed).origin == SCHOOL
    tag = {"if-none-match": answer.headers["etag"]}
    assert client.get("/api/v1/log/checkpoint", headers=tag).status_code == 304


def test_anybody_reads_an_older_checkpoint_with_its_witnesses(
    client: TestClient, desk: At, sealer: Sealer, clock: Clock, kukarino: str
) -> None:
    old = sealer.seal(clock())
    size = Checkpoint.of(Note.parse(old)).size
    line = sealer.cosign(old, clock())
    give(desk("anna"))
    project(kukarino)
    new = sealer.seal(clock())

    answer = get(client, f"/log/checkpoints/{size}")

    assert answer.text == old + line
    known = [sealer.key.verifier, WITNESS_KEY.verifier]
    assert len(Note.parse(answer.text).verify(known)) == 2
    assert get(client, "/log/checkpoint").text == new
    for nowhere in (size + 1, 10**18, "первая", 0, -1, 10**30):
        assert get(client, f"/log/checkpoints/{nowhere}").status_code == 404


def test_a_stranger_gets_no_list_of_checkpoints(desk: At, client: TestClient) -> None:
    assert get(client, "/log/checkpoints").status_code == 401
    assert desk("zoya").get("/log/checkpoints").status_code == 404
    assert desk("olga").get("/log/checkpoints").status_code == 404
    assert desk("anna").get("/log/checkpoints").status_code == 403
    assert desk("sveta").get("/log/checkpoints").status_code == 403


def test_the_auditor_pages_through_the_checkpoints(
    desk: At, sealer: Sealer, clock: Clock, kukarino: str
) -> None:
    first = sealer.seal(clock())
    sealer.cosign(first, clock())
    give(desk("anna"))
    project(kukarino)
    second = sealer.seal(clock())
    igor = desk("igor")

    page = igor.get("/log/checkpoints", limit=1).json()
    rest = igor.get("/log/checkpoints", cursor=page["next_cursor"]).json()

    heads = [Checkpoint.of(Note.parse(note)) for note in (second, first)]
    assert [page["items"][0]["size"], rest["items"][0]["size"]] == [one.size for one in heads]
    assert [page["items"][0]["witnesses"], rest["items"][0]["witnesses"]] == [0, 1]
    assert hash_of(page["items"][0]["root"]) == heads[0].root
    assert page["items"][0]["at"] == clock().isoformat()
    assert rest["next_cursor"] is None
    assert igor.get("/log/checkpoints", cursor="вчера").status_code == 422


# -- growth and keys ---------------------------------------------------------------------------


def test_anybody_checks_that_the_log_has_only_grown(
    client: TestClient, desk: At, sealer: Sealer, clock: Clock, kukarino: str
) -> None:
    old = Checkpoint.of(Note.parse(sealer.seal(clock())))
    give(desk("anna"))
    project(kukarino)
    newest = sealer.seal(clock())
    new = Checkpoint.of(Note.parse(newest))

    answer = get(client, "/log/consistency", **{"from": old.size, "to": new.size})

    assert answer.headers["content-type"].startswith("text/plain")
    lines, _, note = answer.text.partition("\n\n")
    assert note == newest
    proof = [hash_of(line) for line in lines.split("\n")]
    assert verify_consistency(old.size, new.size, old.root, new.root, proof)
    assert not verify_consistency(old.size, new.size, new.root, new.root, proof)
    same = get(client, "/log/consistency", **{"from": new.size, "to": new.size})
    assert same.text == f"\n{newest}"


def test_growth_is_proven_between_checkpoints_only(
    client: TestClient, sealer: Sealer, clock: Clock
) -> None:
    size = Checkpoint.of(Note.parse(sealer.seal(clock()))).size

    assert get(client, "/log/consistency", **{"from": size - 1, "to": size}).status_code == 404
    assert get(client, "/log/consistency", **{"from": size, "to": size + 1}).status_code == 404
    backwards = get(client, "/log/consistency", **{"from": size, "to": size - 1})
    assert (backwards.status_code, backwards.json()["code"]) == (422, "log.sizes")
    for start in (0, "x", 2**63):
        assert get(client, "/log/consistency", **{"from": start, "to": size}).status_code == 422


def test_anybody_reads_the_keys_of_the_seals(
    client: TestClient, sealer: Sealer, clock: Clock, kukarino: str
) -> None:
    began = clock().isoformat()
    new = SigningKey(SCHOOL, b"a new seal".ljust(32)).verifier
    clock.forward(timedelta(days=1))
    school = school_behind(client)
    school.introduce_seal_key(str(new), "planned", by=OPERATOR, request=request()).result(10)
    old = str(sealer.key.verifier)
    school.retire_seal_key(old, "planned", by=OPERATOR, request=request()).result(10)
    project(kukarino)

    answer = get(client, "/log/keys")

    then = clock().isoformat()
    assert answer.text == f"{old} {began} {then} planned\n{new} {then} - planned\n"
    assert VerifierKey.parse(answer.text.split(" ")[0]) == sealer.key.verifier


# -- what a paper is worth ---------------------------------------------------------------------


def test_anybody_asks_what_a_paper_is_worth(
    client: TestClient, sealer: Sealer, clock: Clock
) -> None:
    note = sealer.seal(clock())
    size = Checkpoint.of(Note.parse(note)).size

    found = judged(client, note)

    assert (found["verdict"], found["title"]) == ("in_log", "Есть в журнале")
    about = {"kind": None, "recorded_at": None, "value": None, "old_value": None}
    assert found["about"] == about | {"size": size, "position": None}
    assert judged(client, note.replace("\n", "\r\n")) == found  # as a form sends it
    assert judged(client, f"\n{note.rstrip()}") == found  # as people copy it
    assert judged(client, "\ufeff" + note.replace("\n", " \r\n")) == found  # out of Notepad
    assert judged(client, "> " + note.replace("\n", "\n> ")) == found  # out of a reply
    assert (
        judged(client, note.replace("\u2014 ", "\u2014\u00a0").replace("\n\n", "\n\n\n")) == found
    )


def test_a_paper_of_nobodys_is_not_ours(
    client: TestClient, sealer: Sealer, clock: Clock, kukarino: str
) -> None:
    note = sealer.seal(clock())
    head = Checkpoint.of(Note.parse(note))
    stranger = SigningKey(SCHOOL, b"somebody else".ljust(32))
    elsewhere = Sealer(kukarino, "other", an_id("другая школа"))

    for text in (
        "Здравствуйте",
        note.replace(str(head.size), str(head.size + 1)),
        sealer.signed(head, stranger),
        elsewhere.signed(Checkpoint(elsewhere.origin, head.size, head.root)),
    ):
        found = judged(client, text)
        assert (found["verdict"], found["title"]) == ("not_ours", "Не наше")
        assert found["about"] is None


def test_a_paper_that_contradicts_the_log_tells_of_a_rewritten_history(
    client: TestClient, sealer: Sealer, clock: Clock
) -> None:
    head = Checkpoint.of(Note.parse(sealer.seal(clock())))

    for other in (
        Checkpoint(SCHOOL, head.size, bytes(32)),
        Checkpoint(SCHOOL, head.size + 1, head.root),
        Checkpoint(SCHOOL, 10**18, head.root),
    ):
        found = judged(client, sealer.signed(other))
        assert (found["verdict"], found["title"]) == ("rewritten", "История переписана")
        assert "Сохраните этот текст" in str(found["detail"])


def test_a_paper_has_a_size(client: TestClient) -> None:
    for text in ("", "x" * 200_001):
        answer = client.post("/api/v1/log/verification", json={"text": text})
        assert answer.status_code == 422
    assert client.post("/api/v1/log/verification", json={}).status_code == 422


# -- checks ------------------------------------------------------------------------------------


def test_a_stranger_asks_for_no_check(desk: At, client: TestClient) -> None:
    assert client.post("/api/v1/log/checks", json=ASKED).status_code == 401
    assert get(client, "/log/checks").status_code == 401
    for login, status in {
        "zoya": 404,
        "olga": 404,
        "petya": 404,
        "anna": 403,
        "sveta": 403,
    }.items():
        person = desk(login)
        assert person.post("/log/checks", ASKED).status_code == status, login
        assert person.get("/log/checks").status_code == status, login
        assert person.get(f"/log/checks/{CHECK}").status_code == status, login


@pytest.mark.parametrize("login", ["igor", "vera", "dina", "alla"])
def test_who_may_ask_for_a_check(desk: At, projector: Projector, login: str) -> None:
    inspector, key = desk(login), str(uuid4())

    answer = inspector.post("/log/checks", ASKED, key)
    again = inspector.post("/log/checks", ASKED, key)

    assert answer.status_code == 200, answer.text
    assert again.json() == answer.json()
    position = answer.json()["position"]
    found = inspector.get(f"/log/checks/{CHECK}", min_position=position).json()
    assert (found["title"], found["completed_at"]) == ("полная проверка журнала", None)
    assert found["by"] == inspector.session["person_id"]
    listed = inspector.get("/log/checks").json()["checks"]
    assert [one["check_id"] for one in listed] == [CHECK]


def test_one_number_is_one_check(desk: At) -> None:
    igor = desk("igor")
    assert igor.post("/log/checks", ASKED).status_code == 200

    assert igor.post("/log/checks", ASKED | {"year": 2026}).status_code == 409
    assert igor.post("/log/checks", ASKED | {"kind": "exorcism"}).status_code == 422
    assert igor.post("/log/checks", ASKED | {"until": "2026-09-01T09:00:00"}).status_code == 422
    assert igor.get(f"/log/checks/{an_id('другая')}").status_code == 404


def test_findings_are_told_in_words(
    desk: At, client: TestClient, projector: Projector, clock: Clock
) -> None:
    igor = desk("igor")
    until = "2026-09-01T12:00:00+03:00"
    wanted = {"check_id": CHECK, "kind": "replay", "year": 2026, "until": until}
    assert igor.post("/log/checks", wanted).status_code == 200
    done = CheckCompleted(
        CHECK, "replay", 30, 30, 100, 2, (Finding("changed", "mark 17"), Finding("gap", "12"))
    )
    answer = school_behind(client).complete_check(done, by=OPERATOR, request=request())

    found = igor.get(f"/log/checks/{CHECK}", min_position=answer.result(10).position).json()

    assert (found["by"], found["year"]) == (IGOR, 2026)
    assert found["until"] == "2026-09-01T09:00:00+00:00"
    assert found["completed_at"] == clock().isoformat()
    assert (found["facts"], found["rows"], found["found"]) == (30, 100, 2)
    assert found["findings"] == [
        {
            "kind": "changed",
            "place": "mark 17",
            "words": "строка в таблице — не та, которую дают записи",
        },
        {"kind": "gap", "place": "12", "words": "пропущен номер записи"},
    ]
