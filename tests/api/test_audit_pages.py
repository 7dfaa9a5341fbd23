"""Pages of the provable log behind their doors: Zoya first, then who checks what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from html import unescape
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.sealing import sealed
from domain.audit.facts import CheckCompleted, Finding
from projections.projector import Projector
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import Note, SigningKey
from tests.api.ground import OPERATOR, Clock, Desk, project, school_behind
from tests.api.test_marks import FIVE, TYPO, give
from tests.api.test_page_doors import heading, look
from tests.cast import ALGEBRA, CLASS_7A, CLASS_7B, SCHOOL
from tests.ground import request
from tests.sealing import WITNESS_KEY, Sealer

At = Callable[[str], Desk]
PAGE = f"subject_id={ALGEBRA}&term=1"
PAST = f"/classes/{CLASS_7A}/past?{PAGE}"
DIFFERENCE = f"/classes/{CLASS_7A}/difference?{PAGE}"
STATEMENT = f"/classes/{CLASS_7A}/statement?{PAGE}"
AUTHENTIC = {"in_log": "Есть в журнале", "not_ours": "Не наше", "rewritten": "История переписана"}


def plain(answer: Response) -> str:
    """The words of a page, without tags, in one line."""
    text = re.sub(r"<(script|style).*?</\1>", "", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def links(answer: Response) -> dict[str, str]:
    """Steps through time: name of the step → address."""
    found = re.findall(r'<a [^>]*href="([^"]+)" data-step="([^"]+)"', answer.text)
    return {step: url.replace("&amp;", "&") for url, step in found}


def bring(client: TestClient, text: str) -> Response:
    """Paste a text into the form."""
    return client.post("/log", data={"text": text}, headers={"accept": "text/html"})


# -- strangers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/audit", PAST, DIFFERENCE, STATEMENT])
@pytest.mark.parametrize("login", ["zoya", "olga", "petya"])
def test_who_does_not_work_here_learns_of_no_page(
    client: TestClient, desk: At, login: str, path: str
) -> None:
    answer = look(client, desk(login), path)
    assert answer.status_code == 404
    assert heading(answer) == "Такой страницы нет"
    assert "Морозова" not in answer.text


@pytest.mark.parametrize("path", ["/audit", PAST, DIFFERENCE, STATEMENT])
def test_who_is_not_signed_in_is_led_to_the_form(client: TestClient, path: str) -> None:
    answer = look(client, None, path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=%2F")


@pytest.mark.parametrize("login", ["anna", "sveta"])
def test_a_teacher_and_the_secretary_have_no_desk_of_an_auditor(
    client: TestClient, desk: At, login: str
) -> None:
    assert look(client, desk(login), "/audit").status_code == 403


def test_a_teacher_reads_the_past_of_the_own_class_only(client: TestClient, desk: At) -> None:
    anna = desk("anna")
    assert look(client, anna, PAST).status_code == 200
    for tail in ("past", "difference", "statement"):
        assert look(client, anna, f"/classes/{CLASS_7B}/{tail}?{PAGE}").status_code == 404


# -- the desk ----------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["igor", "vera", "dina", "alla"])
def test_the_desk_leads_to_every_journal(client: TestClient, desk: At, login: str) -> None:
    answer = look(client, desk(login), "/audit")
    assert heading(answer) == "Проверка журналов"
    assert f'href="/classes/{CLASS_7A}/past"' in answer.text
    assert "Журнал ещё не проверяли" in answer.text


def test_a_class_opens_at_its_first_subject(client: TestClient, desk: At) -> None:
    igor = desk("igor")
    for tail in ("past", "difference", "statement"):
        answer = look(client, igor, f"/classes/{CLASS_7A}/{tail}")
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(f"/classes/{CLASS_7A}/{tail}?subject_id=")


def test_a_check_waits_then_says_in_words_what_it_has_found(
    client: TestClient, desk: At, kukarino: str
) -> None:
    igor, check = desk("igor"), str(uuid4())
    igor.post("/log/checks", {"check_id": check, "kind": "replay", "year": 2026})
    project(kukarino)
    waiting = look(client, igor, "/audit")
    done = CheckCompleted(check, "replay", 60, 60, 1_234, 1, (Finding("changed", "mark 7"),), 2026)
    school_behind(client).complete_check(done, by=OPERATOR, request=request()).result(10)
    project(kukarino)
    answered = look(client, igor, "/audit")

    assert "data-waiting" in waiting.text
    assert '<noscript><meta http-equiv="refresh"' in waiting.text
    assert "Игнатьев И. И." in plain(waiting)
    assert "data-waiting" not in answered.text
    assert "Найдено расхождений: 1; проверено: 60 записей" in plain(answered)
    assert "строка в таблице — не та, которую дают записи mark 7" in plain(answered)


def test_a_check_without_findings_says_that_everything_agrees(
    client: TestClient, desk: At, kukarino: str
) -> None:
    done = CheckCompleted(str(uuid4()), "verification", 60, 60, 0)
    school_behind(client).complete_check(done, by=OPERATOR, request=request()).result(10)
    project(kukarino)

    answer = look(client, desk("vera"), "/audit")

    assert "Полная проверка журнала Всё сходится: проверено: 60 записей." in plain(answer)
    assert "по расписанию" in answer.text


# -- at any moment -----------------------------------------------------------------------------


@pytest.fixture
def corrected(desk: At, clock: Clock, projector: Projector) -> int:
    """Two marks, one of them corrected a minute later; the position of the correction."""
    anna = desk("anna")
    give(anna)
    clock.forward(timedelta(minutes=1))
    position = int(anna.post(f"/marks/{FIVE}/corrections", TYPO).json()["position"])
    clock.forward(timedelta(minutes=1))
    anna.get("/classes", min_position=position)
    return position


def test_the_strip_steps_from_change_to_change(
    client: TestClient, desk: At, corrected: int
) -> None:
    igor = desk("igor")
    now = look(client, igor, PAST)
    earlier = look(client, igor, links(now)["back"])
    fixed = look(client, igor, links(earlier)["fix-on"])

    assert "из них 1 исправление" in plain(now)
    assert "исправила отметку Петрову П. (урок 02.09.2026): 5 → 4" in plain(now)
    assert f"запись № {corrected} " in plain(now)
    assert re.search(r'<td class="c m4 fix lit">4', now.text)
    assert re.search(r'<td class="c m5 lit">5', earlier.text)
    assert "02.09.2026 12:00" in plain(earlier)
    assert "перепутала строки" in plain(fixed)
    assert "fix-on" not in links(now)
    assert links(fixed).keys() >= {"back", "now"}


def test_before_the_first_change_the_page_is_empty(
    client: TestClient, desk: At, corrected: int
) -> None:
    answer = look(client, desk("igor"), f"{PAST}&as_of=2026-08-31T00:00")
    assert "до первого изменения" in plain(answer)
    assert "уроков в журнале ещё не было" in plain(answer) or "не было учеников" in plain(answer)
    assert "on" in links(answer)


def test_a_minute_picked_in_the_form_includes_its_last_second(
    client: TestClient, desk: At, corrected: int
) -> None:
    igor = desk("igor")
    assert 'lit">5' in look(client, igor, f"{PAST}&as_of=2026-09-02T12:00").text
    assert 'lit">4' in look(client, igor, f"{PAST}&as_of=2026-09-02T12:01").text


def test_of_a_moment_to_come_nothing_is_said_but_now(
    client: TestClient, desk: At, sealer: Sealer, clock: Clock, corrected: int
) -> None:
    sealer.seal(clock())
    igor = desk("igor")
    past = look(client, igor, f"{PAST}&as_of=2030-01-01T00:00")
    between = look(client, igor, f"{DIFFERENCE}&from=2030-01-01T00:00&to=2026-09-01T00:00")
    paper = look(client, igor, f"{STATEMENT}&as_of=2030-01-01T00:00")
    assert re.search(r'class="tag now">сейчас', past.text)
    assert "2 сентября 2026, 12:02:00 сейчас" in plain(between)
    assert "Состояние журнала на 02.09.2026 12:02" in plain(paper)
    for answer in (past, between, paper):
        assert "2030" not in plain(answer)


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00%2B14:00", "0001-01-01T00:00", "-60000000000"]
)
def test_before_there_was_a_journal_nothing_was_written(
    client: TestClient, desk: At, corrected: int, moment: str
) -> None:
    igor = desk("igor")
    for path in (f"{PAST}&as_of=", f"{DIFFERENCE}&from="):
        assert look(client, igor, f"{path}{moment}").status_code == 200
    turned = look(client, igor, f"{DIFFERENCE}&from=2026-09-01T12:00&to={moment}")
    assert turned.status_code in {200, 303}  # what is turned round is turned back


def test_the_past_cannot_be_written_in(client: TestClient, desk: At, corrected: int) -> None:
    text = look(client, desk("anna"), PAST).text
    assert "register.js" not in text
    assert 'method="post"' not in text.partition("<main")[2]  # the header looks for pupils


# -- between two moments -----------------------------------------------------------------------


def test_the_difference_shows_was_became_who_and_why(
    client: TestClient, desk: At, corrected: int
) -> None:
    answer = look(
        client, desk("igor"), f"{DIFFERENCE}&from=2026-09-02T12:00:30&to=2026-09-02T12:02"
    )
    words = plain(answer)
    assert "1 клетка изменилась" in words
    assert re.search(r'<td class="diff c m4 fix">.*?<s>5</s>.*?<b>4</b>', answer.text)
    assert "Показаны уроки, где что-то изменилось: 1 из 16" in words
    assert "1 исправление" in words
    assert "5 → 4, причина: опечатка (перепутала строки)" in words
    assert f'href="/api/v1/marks/{FIVE}/receipt?position={corrected}"' in answer.text


def test_a_mark_that_was_not_there_is_told_from_one_that_was_corrected(
    client: TestClient, desk: At, corrected: int
) -> None:
    answer = look(client, desk("igor"), f"{DIFFERENCE}&from=2026-09-01T20:00")
    assert "2 клетки изменились" in plain(answer)
    assert "2 новые записи" in plain(answer)
    assert "<s>5</s>" not in answer.text


def test_a_quiet_time_has_no_difference_and_the_ends_may_be_swapped(
    client: TestClient, desk: At, corrected: int
) -> None:
    quiet = f"{DIFFERENCE}&from=2026-09-02T12:30&to=2026-09-02T12:10"
    answer = look(client, desk("igor"), quiet)
    assert "отметки и посещаемость не менялись" in plain(answer)
    assert "ничего не исправляли" in plain(answer)


# -- authenticity ------------------------------------------------------------------------------


def test_before_the_first_seal_the_page_says_so(client: TestClient) -> None:
    answer = client.get("/log")
    assert answer.status_code == 200
    assert "Журнал ещё ни разу не запечатывали" in answer.text


def test_anybody_reads_the_newest_seal_in_words(
    client: TestClient, sealer: Sealer, clock: Clock
) -> None:
    note = sealer.seal(clock())
    sealer.cosign(note, clock())
    head = Checkpoint.of(Note.parse(note))

    answer = client.get("/log")
    words = plain(answer)

    assert f"{head.size} запис" in words
    assert "02.09.2026 12:00" in words
    assert WITNESS_KEY.verifier.name in words
    assert "".join(re.findall(r"<span>([0-9a-f]{4})</span>", answer.text)) == head.root.hex()
    assert head.origin in answer.text
    assert str(sealer.key.verifier).replace("+", "&#43;") in answer.text.replace("+", "&#43;")
    assert 'class="qr"' in answer.text


def test_a_receipt_is_in_the_log_and_says_what_it_is_about(
    client: TestClient, desk: At, sealer: Sealer, clock: Clock, corrected: int, kukarino: str
) -> None:
    sealer.seal(clock())
    receipt = desk("igor").get(f"/marks/{FIVE}/receipt").text

    answer = bring(client, receipt.replace("\n", "\r\n"))

    words = plain(answer)
    assert heading(answer) == AUTHENTIC["in_log"]
    assert "исправление отметки" in words
    assert "5 → 4" in words
    assert "2 сентября 2026, 12:01:00" in words
    assert f"Номер в журнале {corrected} " in words
    assert "Петров" not in words


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_file_is_judged_as_a_text_is(
    client: TestClient, sealer: Sealer, clock: Clock, encoding: str
) -> None:
    note = sealer.seal(clock())
    chosen = {"file": ("letopis.note", note.encode(encoding), "text/plain")}
    answer = client.post("/log", data={"text": ""}, files=chosen)
    assert heading(answer) == AUTHENTIC["in_log"]
    assert "Делать ничего не нужно" in answer.text


def test_another_text_is_not_ours_and_is_shown_again_escaped(client: TestClient) -> None:
    answer = bring(client, "пять <b>с плюсом</b>")
    assert heading(answer) == AUTHENTIC["not_ours"]
    assert "пять &lt;b&gt;с плюсом" in answer.text
    assert "снимите его ещё раз" in answer.text


def test_a_seal_over_another_history_is_an_alarm(
    client: TestClient, sealer: Sealer, clock: Clock
) -> None:
    sealer.seal(clock())
    forged = sealer.signed(Checkpoint(SCHOOL, 5, b"another history".ljust(32)))
    answer = bring(client, forged)
    assert heading(answer) == AUTHENTIC["rewritten"]
    assert "Сообщите проверяющему или учредителю" in answer.text


def test_a_strange_key_is_not_ours(client: TestClient, sealer: Sealer, clock: Clock) -> None:
    sealer.seal(clock())
    stranger = SigningKey(SCHOOL, b"somebody else".ljust(32))
    forged = sealer.signed(Checkpoint(SCHOOL, 5, b"another history".ljust(32)), stranger)
    assert heading(bring(client, forged)) == AUTHENTIC["not_ours"]


def test_nothing_brought_is_said_beside_the_form(client: TestClient) -> None:
    for answer in (bring(client, "  "), client.post("/log")):
        assert answer.status_code == 422
        assert heading(answer) == "Проверка подлинности журнала"
        assert "Вставьте текст квитанции или выберите файл." in answer.text


# -- on paper ----------------------------------------------------------------------------------


def test_a_statement_is_shown_under_a_seal_that_covers_it(
    client: TestClient, desk: At, sealer: Sealer, clock: Clock, corrected: int
) -> None:
    size = Checkpoint.of(Note.parse(sealer.seal(clock()))).size
    answer = look(client, desk("vera"), STATEMENT)
    words = plain(answer)
    assert heading(answer) == "Выписка из журнала"
    assert "7а · Алгебра" in words
    assert f"запись № {corrected}" in words
    assert size >= corrected
    assert f"Под печатью {size} запис" in words
    assert "Проверить: http://127.0.0.1/log" in words
    assert re.search(r"<td>4<sup>и</sup></td>", answer.text)
    assert "Независимый свидетель эту печать ещё не подтвердил" in words


def test_without_a_sealer_nothing_is_printed_and_the_page_says_when_to_come_back(
    client: TestClient, desk: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.pages.statement.sealed", partial(sealed, within_s=0.0))
    answer = look(client, desk("vera"), STATEMENT)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert heading(answer) == "Выписка ещё не запечатана"
    assert "Морозова" not in answer.text


def test_a_step_before_the_first_is_an_address_that_opens(
    client: TestClient, desk: At, corrected: int
) -> None:
    igor, answer = desk("igor"), look(client, desk("igor"), PAST)
    seen = []
    while back := links(answer).get("back"):
        seen.append(parse_qs(urlsplit(back).query)["as_of"][0])
        answer = look(client, igor, back)
        assert answer.status_code == 200
    assert seen == sorted(seen, reverse=True)
    assert "до первого изменения" in plain(answer)
