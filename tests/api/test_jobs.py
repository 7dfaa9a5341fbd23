"""Jobs and reminders over HTTP; what the doctor and the metrics tell of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.cli import main
from projections import backups
from projections.postgres.database import APP, conninfo
from projections.reminders import Reminder, remind
from scheduler.keeper import Keeper
from scheduler.line import Line, Missed
from scheduler.periods import Daily
from scheduler.timetable import TIMETABLE
from scheduler.work import Work, workshop
from tests.api.ground import SLUG, Clock, Desk
from tests.api.test_page_doors import look
from tests.cast import ANNA, VERA
from tests.conftest import SECRET

At = Callable[[str], Desk]
SCHEMA = f"school_{SLUG}"
SNAPSHOTS = next(line for line in TIMETABLE if line.name == "take_snapshots")


@pytest.fixture
def keeper(kukarino: str, clock: Clock) -> Iterator[Keeper]:
    """A scheduler with the clock of the app; it has looked once."""
    with workshop(kukarino, SECRET, clock=clock) as shop:
        kept = Keeper(shop)
        for line in TIMETABLE:
            kept.tick(line)
        yield kept


def fails(_: Work) -> int:
    raise ZeroDivisionError


def tick(keeper: Keeper) -> None:
    """Every line is looked at."""
    for line in keeper.table:
        keeper.tick(line)


def test_who_answers_for_the_server_reads_and_who_runs(desk: At, keeper: Keeper) -> None:
    for login, reads, runs in (
        ("zoya", 404, 404),
        ("petya", 404, 404),
        ("anna", 403, 403),
        ("igor", 403, 403),
        ("sveta", 403, 403),
        ("vera", 200, 403),
        ("alla", 200, 202),
        ("dina", 200, 202),
    ):
        at = desk(login)
        read = [at.get(path).status_code for path in ("/jobs", "/jobs/tidy_up/runs")]
        assert (read, at.post("/jobs/tidy_up/runs").status_code) == ([reads, reads], runs), login


def test_the_table_tells_when_and_how(desk: At, keeper: Keeper, clock: Clock) -> None:
    clock.forward(timedelta(days=1))
    tick(keeper)

    told = desk("vera").get("/jobs").json()["jobs"]

    assert [one["name"] for one in told] == [line.name for line in TIMETABLE]
    one = next(one for one in told if one["name"] == "take_snapshots")
    assert one["next_at"] == "2026-09-03T22:15:00+00:00"  # 01:15 in Moscow
    assert one["last"]["outcome"] == "done"
    assert one["last"]["period"] == "2026-09-03"
    assert one["last"]["duration_s"] == 0
    assert not one["late"]


def test_while_no_scheduler_has_worked_there_is_nothing(desk: At) -> None:
    assert desk("vera").get("/jobs").json()["jobs"] == []
    assert desk("alla").post("/jobs/tidy_up/runs").status_code == 404


def test_what_is_asked_for_is_done_and_says_who_asked(desk: At, keeper: Keeper) -> None:
    alla, key = desk("alla"), str(uuid4())
    first, again = (alla.post("/jobs/take_snapshots/runs", key=key) for _ in range(2))
    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    assert first.json()["outcome"] == "asked"

    keeper.answer()

    [run] = alla.get("/jobs/take_snapshots/runs").json()["runs"]
    assert run["run_id"] == first.json()["run_id"]
    assert (run["outcome"], run["asked_by"]) == ("done", "Абрамова Алла Алексеевна")


def test_who_asked_is_in_the_log_of_looks(desk: At, keeper: Keeper, kukarino: str) -> None:
    desk("alla").post("/jobs/tidy_up/runs")
    desk("vera").post("/jobs/tidy_up/runs")

    with psycopg.connect(kukarino) as conn:
        lines = conn.execute(
            f"SELECT subject, outcome FROM {SCHEMA}.access_log WHERE act = 'job'".encode()
        ).fetchall()
    assert lines == [("tidy_up", "ok")]


def test_what_cannot_be_run_is_refused(desk: At, keeper: Keeper) -> None:
    alla = desk("alla")

    for name, status in (("carry_out_checks", 422), ("unknown", 404), ("DROP", 404)):
        assert alla.post(f"/jobs/{name}/runs").status_code == status


def test_one_key_is_not_good_for_two_jobs(desk: At, keeper: Keeper) -> None:
    alla, key = desk("alla"), str(uuid4())
    alla.post("/jobs/take_snapshots/runs", key=key)

    other = alla.post("/jobs/tidy_up/runs", key=key)

    assert (other.status_code, other.json()["code"]) == (422, "request.key_reused")


def test_what_is_late_and_what_fails_is_seen_everywhere(
    client: TestClient,
    desk: At,
    kukarino: str,
    clock: Clock,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad = Line("bad", "Плохое", Daily(SNAPSHOTS.when.at), Missed.ONCE, fails, "дел")  # type: ignore[attr-defined]
    with workshop(kukarino, SECRET, clock=clock) as shop:
        keeper = Keeper(shop, [bad, SNAPSHOTS])
        tick(keeper)
        clock.forward(timedelta(days=1))
        tick(keeper)
    clock.forward(timedelta(hours=2))  # of snapshots there is time until the morning

    figures = client.get("/metrics").text
    assert f'letopis_job_late_seconds{{school="{SLUG}",job="bad"}} 45900' in figures
    assert f'letopis_job_failed{{school="{SLUG}",job="bad"}} 1' in figures
    assert f'letopis_job_late_seconds{{school="{SLUG}",job="take_snapshots"}} 0' in figures
    assert f'letopis_job_failed{{school="{SLUG}",job="take_snapshots"}} 0' in figures
    page = look(client, desk("vera"), "/jobs").text
    assert "Требует внимания" in page
    assert "Внутренняя ошибка (ZeroDivisionError)" in page
    assert "опаздывает на 12 часов" in page

    monkeypatch.setenv("DATABASE_URL", kukarino)
    monkeypatch.setenv("LETOPIS_SECRET", SECRET)
    assert main(["doctor", "--json"]) == 1
    [found] = [one for one in told(capsys) if one["what"] == f"расписание школы {SLUG}"]
    assert not found["good"]
    assert "не получилось: Плохое" in found["found"]
    assert main(["jobs", "--json"]) == 1
    assert [(one["name"], one["outcome"]) for one in told(capsys)] == [
        ("bad", "не получилось"),
        ("take_snapshots", "выполнено"),
    ]


def test_a_copy_that_does_not_come_back_is_seen_everywhere(
    client: TestClient,
    desk: At,
    kukarino: str,
    clock: Clock,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The copy is of the machine's own day: the doctor looks at the machine's clock."""
    [head] = backups.heads(kukarino)
    copy = backups.Copy("of-the-night", datetime.now(UTC), [head])
    bad, good = (
        backups.Drill(copy.name, copy.taken, [head], found)
        for found in ([backups.Finding(SLUG, "other")], [])
    )
    monkeypatch.setenv("DATABASE_URL", kukarino)
    monkeypatch.setenv("LETOPIS_SECRET", SECRET)

    def noted(drill: backups.Drill) -> tuple[str, str, dict[str, Any]]:
        with psycopg.connect(conninfo(kukarino, APP, SECRET)) as conn:
            backups.note(conn, SCHEMA, SLUG, copy, 3, drill)
        main(["doctor", "--json"])
        [found] = [one for one in told(capsys) if one["what"] == f"копии школы {SLUG}"]
        page = look(client, desk("alla"), "/health").text
        return client.get("/metrics").text, page, found

    figures, page, found = noted(bad)
    assert f'letopis_restore_drill_findings{{school="{SLUG}"}} 1' in figures
    assert f'letopis_backup_position{{school="{SLUG}"}} {head.position}' in figures
    assert "восстанавливается не такой, какой снята: расхождений 1" in page
    assert not found["good"]

    figures, page, found = noted(good)
    assert f'letopis_restore_drill_findings{{school="{SLUG}"}} 0' in figures
    assert "есть и восстанавливается" in page
    assert f"отпечаток журнала: {head.root[:16]}" in page
    assert "3 копии" in page
    assert found["good"]

    clock.at = copy.taken + timedelta(days=3)
    assert "устарела" in look(client, desk("alla"), "/health").text


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """What a command has printed."""
    return json.loads(capsys.readouterr().out)


def test_a_command_carries_a_job_out_at_once(
    desk: At, kukarino: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", kukarino)
    monkeypatch.setenv("LETOPIS_SECRET", SECRET)

    assert main(["jobs", "run", "take_snapshots", "--school", SLUG, "--json"]) == 0
    assert told(capsys)["done"] is True
    assert main(["jobs", "run", "unknown"]) == 2
    assert "letopis jobs" in capsys.readouterr().out

    [run] = desk("vera").get("/jobs/take_snapshots/runs").json()["runs"]
    assert run["outcome"] == "done"
    assert run["asked_at"] is not None  # by the operator, who has no name


# -- the page --------------------------------------------------------------------------------------


def test_the_page_offers_the_button_to_who_may(
    client: TestClient, desk: At, keeper: Keeper
) -> None:
    alla, vera = desk("alla"), desk("vera")

    assert look(client, desk("zoya"), "/jobs").status_code == 404
    assert look(client, desk("anna"), "/jobs").status_code == 403
    full = look(client, alla, "/jobs").text
    assert full.count("data-run=") == sum(line.by_hand for line in TIMETABLE)
    assert "data-run=" not in look(client, vera, "/jobs").text
    for line in TIMETABLE:
        assert line.title in full
        assert line.when.words in full


def test_the_page_of_a_job_tells_its_runs_in_words(
    client: TestClient, desk: At, keeper: Keeper, clock: Clock
) -> None:
    alla = desk("alla")
    alla.post("/jobs/tidy_up/runs")
    assert "ждёт запуска" in look(client, alla, "/jobs/tidy_up").text
    keeper.answer()

    page = look(client, alla, "/jobs/tidy_up").text

    assert "выполнено" in page
    assert "запустил(а) Абрамова А. А." in page
    assert "за 02.09.2026" in page
    assert look(client, alla, "/jobs/unknown").status_code == 404


# -- reminders -------------------------------------------------------------------------------------


def put(url: str, clock: Clock, person: str, key: str = "2026-09-02", hours: int = 9) -> int:
    """A reminder; how many are new."""
    words = ("За сегодня не записано ДЗ", "7а, алгебра, 1-й урок")
    one = Reminder(person, "homework", key, words, "/", clock() + timedelta(hours=hours))
    with psycopg.connect(url) as conn:
        return remind(conn, SCHEMA, [one], clock())


def test_a_reminder_is_the_persons_own_and_once(
    client: TestClient, desk: At, kukarino: str, clock: Clock
) -> None:
    assert [put(kukarino, clock, ANNA) for _ in range(2)] == [1, 0]
    anna = desk("anna")

    [one] = anna.get("/reminders").json()["reminders"]
    assert one["text"] == "За сегодня не записано ДЗ"
    assert one["details"] == ["7а, алгебра, 1-й урок"]
    for other, status in (("boris", 200), ("vera", 200), ("zoya", 404), ("petya", 404)):
        at = desk(other)
        answer = at.get("/reminders")
        assert answer.status_code == status
        assert "ДЗ" not in answer.text
        assert at.post(f"/reminders/{one['reminder_id']}/dismissal").status_code == 404
    assert len(anna.get("/reminders").json()["reminders"]) == 1


def test_a_dismissed_reminder_stays_dismissed(desk: At, kukarino: str, clock: Clock) -> None:
    put(kukarino, clock, ANNA)
    anna = desk("anna")
    [one] = anna.get("/reminders").json()["reminders"]

    gone = [anna.post(f"/reminders/{one['reminder_id']}/dismissal").status_code for _ in range(2)]
    put(kukarino, clock, ANNA)

    assert gone == [200, 200]
    assert anna.get("/reminders").json()["reminders"] == []


def test_a_reminder_is_gone_when_its_time_is_over(
    desk: At, kukarino: str, clock: Clock, keeper: Keeper
) -> None:
    put(kukarino, clock, ANNA, hours=1)
    clock.forward(timedelta(minutes=59, seconds=59))
    anna = desk("anna")
    assert anna.get("/reminders").json()["reminders"] != []
    clock.forward(timedelta(seconds=1))
    assert anna.get("/reminders").json()["reminders"] == []

    clock.forward(timedelta(days=1))
    tick(keeper)

    with psycopg.connect(kukarino) as conn:
        assert conn.execute(f"SELECT count(*) FROM {SCHEMA}.reminder".encode()).fetchone() == (0,)


def test_a_reminder_stands_on_the_first_page_and_on_no_other(
    client: TestClient, desk: At, kukarino: str, clock: Clock
) -> None:
    put(kukarino, clock, ANNA)
    put(kukarino, clock, VERA)
    anna, vera = desk("anna"), desk("vera")

    assert "За сегодня не записано ДЗ" in look(client, anna, "/").text
    assert "За сегодня не записано ДЗ" not in look(client, anna, "/account").text
    assert "За сегодня не записано ДЗ" in look(client, vera, "/desk").text
    assert "За сегодня не записано ДЗ" not in look(client, vera, "/audit").text
