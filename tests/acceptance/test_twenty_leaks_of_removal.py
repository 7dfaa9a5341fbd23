"""Leaks 12–20: what is taken away, switched off, forgotten, put in order or let past a deadline."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from api.cli import main
from domain.journal.facts import LessonCancelled, MarkGiven
from projections.postgres.settings import Settings, SettingsError
from projections.postgres.settings_list import SETTINGS
from projections.tree import Gap
from scheduler.timetable import TIMETABLE
from scheduler.work import workshop
from tests import cast as c
from tests.acceptance.leaks import TYPO, history, mark, refused, write
from tests.api.ground import Desk, running
from tests.conftest import SECRET
from tests.projections.grants import ALLOWED
from tests.write_door import ledger
from tests.write_door.doors import reads, writes
from tests.write_door.exercise import IN_PASSING
from tests.write_door.ground import SCHEMA, Place, a_place
from tests.write_door.over_http import EXERCISES
from tests.write_door.sending import new_id

#: As one would say it to a kill-switch, if there were one.
SWITCHES = ("0", "1", "off", "false", "no", "none", "нет", "error", "warning")


def test_leak_12_a_column_with_marks_cannot_be_taken_away(place: Place) -> None:
    room = place.room()
    one = mark(room)
    write(place, "anna", f"/lessons/{room.lesson}/marks", {"marks": [one]})

    for path, body in (
        ("cancel", {"reason": "просто так"}),
        ("move", {"date": "2026-09-04", "number": 3}),
    ):
        for login in ("alla", "vera", "dina"):
            code = refused(place, login, f"/lessons/{room.lesson}/{path}", body)
            assert code == "lesson.has_entries"

    assert [told["value"] for told in history(place, one["mark_id"])] == ["5"]


def test_leak_13_taking_an_item_away_keeps_its_history(place: Place) -> None:
    room = place.room()
    one = mark(room)
    write(place, "anna", f"/lessons/{room.lesson}/marks", {"marks": [one]})
    annulment = {"saw": "5", "reason_code": "WRONG_PUPIL", "reason": "не тому"}
    write(place, "anna", f"/marks/{one['mark_id']}/annulment", annulment)
    before = place.ledger()
    [cancelled] = write(place, "alla", f"/lessons/{room.tomorrow}/cancel", {"reason": "карантин"})

    assert isinstance(cancelled.fact, LessonCancelled)
    told = [(one["kind"], one["old_value"], one["value"]) for one in history(place, one["mark_id"])]
    assert told == [("mark-given", None, "5"), ("mark-annulled", "5", None)]
    ledger.assert_continued(before, place.ledger())
    shown = place.desk("vera").get("/trail", class_id=room.class_id, kind="lesson-cancelled")
    assert [one["lesson_id"] for one in shown.json()["items"]] == [room.tomorrow]


def test_leak_14_erasing_a_pupil_keeps_the_history_of_the_marks(place: Place) -> None:
    room = place.room()
    one = mark(room)
    write(place, "anna", f"/lessons/{room.lesson}/marks", {"marks": [one]})
    write(place, "anna", f"/marks/{one['mark_id']}/corrections", TYPO)
    before, told = place.ledger(), history(place, one["mark_id"])

    write(place, "alla", f"/people/{room.pupils[0]}/erasure", {"basis": "акт № 1"})
    departure = {"pupil_id": room.pupils[0], "on": "2026-09-03", "order_no": "4-у"}
    write(place, "alla", f"/classes/{room.class_id}/departures", departure)

    ledger.assert_continued(before, place.ledger())
    assert history(place, one["mark_id"]) == told


def test_leak_15_no_setting_switches_the_record_off(place: Place, tmp_path: Path) -> None:
    installation = {
        "LETOPIS_DATA_DIR": str(tmp_path),
        "DATABASE_URL": place.url,
        "LETOPIS_SECRET": SECRET,
    }
    tried = set()
    for word in SWITCHES:
        environ = dict(installation)
        for setting in SETTINGS:
            if setting.name not in installation and understood(environ | {setting.name: word}):
                environ[setting.name] = word
                tried.add(setting.name)
        room, one = place.room(), str(uuid4())
        place.settle()
        before = place.ledger()
        with running(Settings.from_env(environ), place.clock) as client:
            column = {"marks": [mark(room) | {"mark_id": one}]}
            answer = Desk(client, "anna").post(f"/lessons/{room.lesson}/marks", column)
        assert answer.status_code == 200, (word, answer.text)
        [given] = place.ledger().since(before)
        assert isinstance(given.fact, MarkGiven)
        assert (given.fact.mark_id, given.envelope.by) == (one, c.ANNA)
    place.everybody_leaves()  # a setting says how many browsers one may have
    assert len(tried) >= 5
    for name in ("LETOPIS_AUDIT", "LETOPIS_AUDIT_ENABLED", "LETOPIS_HISTORY", "LETOPIS_TRAIL"):
        assert not understood(installation | {name: "off"})


def understood(environ: dict[str, str]) -> bool:
    """The settings take this."""
    try:
        Settings.from_env(environ)
    except SettingsError:
        return False
    return True


def test_leak_16_no_job_takes_anything_from_the_record(kukarino: str, tmp_path: Path) -> None:
    with a_place(kukarino, tmp_path) as place:
        place.mark(place.room())
        before = place.ledger()

        with workshop(place.url, SECRET) as shop:
            for line in TIMETABLE:
                place.everybody_leaves()  # one job ends sessions
                place.settle()  # a week is closed when everything of it has been folded
                shop.run(line.name, line.job, place.clock() + timedelta(days=3650))

        after = place.ledger()
        ledger.assert_continued(before, after)
        assert after.vault == before.vault
        assert after.rows["minted"] == before.rows["minted"]
        assert after.rows["access_log"] >= before.rows["access_log"]


def test_leak_17_there_is_no_button_that_purges(place: Place) -> None:
    place.settle()
    before = place.ledger()
    for path in reads() | {name.partition(" ")[2] for name in writes()}:
        if f"DELETE {path}" not in writes():  # those are exercised: they end what is no fact
            filled = re.sub(r"{\w+}", c.CLASS_7A, path)
            headers = {"idempotency-key": str(uuid4())} | place.desk("alla").cookie
            answer = place.client.request("DELETE", filled, headers=headers)
            assert answer.status_code in {404, 405}, path
    assert place.ledger().changed(before) <= IN_PASSING
    for name in writes():
        assert not name.startswith("DELETE") or not EXERCISES[name](place).facts, name

    with psycopg.connect(place.url) as conn:
        functions = conn.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = %s::regnamespace", (SCHEMA,)
        ).fetchall()
    removed = {
        (name, table)
        for name, source in functions
        for table in re.findall(r"(?i)(?:DELETE\s+FROM|TRUNCATE|DROP\s+TABLE)\s+(\S+)", source)
    }
    assert removed == {("append", "payload"), ("prune_requests", "request")}
    for role, granted in ALLOWED.items():
        taken = granted.get("DELETE", set()) | granted.get("TRUNCATE", set())
        assert not taken & (ledger.LOG | ledger.ONLY_GROW), role


@pytest.mark.parametrize("which", ["middle", "last"])
def test_leak_18_a_removed_row_is_visible(
    kukarino: str, tmp_path: Path, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_place(kukarino, tmp_path) as place:
        place.mark(place.room())
        place.settle()
        before = place.ledger()
    position = before.head[0] // 2 if which == "middle" else before.head[0]
    with psycopg.connect(kukarino, autocommit=True) as conn:  # the superuser, in earnest
        conn.execute(f"ALTER TABLE {SCHEMA}.facts DISABLE TRIGGER ALL".encode())
        conn.execute(f"DELETE FROM {SCHEMA}.facts WHERE notification_id = %s".encode(), (position,))
        for trigger in ("no_rewrite", "no_truncate"):
            conn.execute(f"ALTER TABLE {SCHEMA}.facts ENABLE ALWAYS TRIGGER {trigger}".encode())

    with pytest.raises(AssertionError):
        ledger.assert_continued(before, ledger.read(kukarino, SCHEMA))
    with pytest.raises((Gap, AssertionError)):
        ledger.assert_shown(kukarino, SCHEMA)
    monkeypatch.setenv("DATABASE_URL", kukarino)
    monkeypatch.setenv("LETOPIS_SECRET", SECRET)
    assert main(["replay"]) == 1


def test_leak_19_two_corrections_in_one_microsecond_have_an_order(place: Place) -> None:
    room = place.room()
    one = mark(room)
    path = f"/marks/{one['mark_id']}/corrections"
    write(place, "anna", f"/lessons/{room.lesson}/marks", {"marks": [one]})

    new = [
        *write(place, "anna", path, TYPO),
        *write(place, "anna", path, TYPO | {"saw": "4", "value": "2"}),
        *write(place, "anna", path, TYPO | {"saw": "2", "value": "3"}),
    ]

    assert len({one.envelope.at for one in new}) == 1
    told = history(place, one["mark_id"])
    assert [one["value"] for one in told] == ["5", "4", "2", "3"]
    positions = [one["position"] for one in told]
    assert positions == sorted(set(positions))


#: What a term closes. Other forms record what has no term: logins, consents, questions, remarks.
OF_A_TERM = re.compile(r"/(lessons|marks|register|term-marks)(/|$)")


def test_leak_20_the_interface_for_programs_keeps_the_same_deadlines(
    kukarino: str, tmp_path: Path
) -> None:
    with a_place(kukarino, tmp_path) as place:
        # Three forms without a script record what belongs to a term; their deadlines are the same.
        forms = set()
        for name in writes():
            path = name.partition(" ")[2]
            if not path.startswith("/api/v1/") and OF_A_TERM.search(path):
                forms |= {path} if EXERCISES[name](place).facts else set()
        form = "/classes/{class_id}/term-marks"
        assert forms == {form, f"{form}/correction", f"{form}/annulment"}
        room = place.room()
        settled, closing = place.mark(room), f"/classes/{room.class_id}/terms/1/closing"
        place.clock.forward(timedelta(days=15))  # one more than a mark may be corrected
        place.everybody_leaves()
        assert refused(place, "anna", f"/marks/{settled}/corrections", TYPO) == "mark.settled"
        annulment = {"saw": "5", "reason_code": "TYPO"}
        assert refused(place, "anna", f"/marks/{settled}/annulment", annulment) == "mark.settled"
        write(place, "alla", closing, {})
        late = {"marks": [mark(room)]}
        assert refused(place, "anna", f"/lessons/{room.lesson}/marks", late) == "term.closed"
        assert refused(place, "anna", f"/lessons/{room.lesson}/topic", {"topic": "Дроби"}) == (
            "term.closed"
        )
        before = place.ledger().facts
        typed = {"key": new_id(), "subject_id": c.ALGEBRA, "term": "1"}
        answer = place.client.post(
            form.format(class_id=room.class_id),
            data={**typed, f"value-{room.pupils[0]}": "5"},
            headers=place.desk("anna").cookie,
        )
        assert answer.status_code >= 400
        assert place.ledger().facts == before
