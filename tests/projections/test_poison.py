"""A fact that cannot be folded: its school stands still before it, loudly; the others go on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.cli import main
from domain.people.facts import Name
from domain.refusals import Busy
from projections import waiting
from projections.catalogue import PROJECTIONS
from projections.postgres.settings import Settings
from projections.projection import Place, Placed
from projections.replay import replay
from projections.sql import bound
from projections.trouble import Trouble, troubles
from tests.api.ground import Clock as HttpClock
from tests.api.ground import running as application
from tests.conftest import SECRET
from tests.ground import TODAY, YEAR, number, request
from tests.projections.life import Life, life
from tests.projections.test_projector import head_of, reached, running

TRAIL = PROJECTIONS["trail_v1"]


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as one:
        yield one


class _Faulty:
    """The trail, but that a fault comes first."""

    def __init__(self, fault: Callable[[Sequence[Placed]], None], place: Place) -> None:
        self._fault, self._whole = fault, TRAIL(place)
        self.name, self.tables = self._whole.name, self._whole.tables
        self.topics, self.ignored = self._whole.topics, self._whole.ignored

    def fold(self, batch: Sequence[Placed], cursor: Any) -> None:
        self._fault(batch)
        self._whole.fold(batch, cursor)


def poison(at: Life, stream: str | None = None) -> int:
    """A fact that no program knows, in a stream of its own or as the next one of a stream; its
    position.
    """
    with psycopg.connect(at.url) as conn:
        row = conn.execute(
            bound(
                "SELECT {s}.append_any(ARRAY[stream], ARRAY[version],"
                " ARRAY['future.happened'], ARRAY['{{}}'::bytea])"
                " FROM (SELECT coalesce(%(stream)s::uuid, gen_random_uuid()) AS stream,"
                " 1 + coalesce((SELECT max(originator_version) FROM {s}.facts"
                " WHERE originator_id = %(stream)s::uuid), 0) AS version) AS next",
                at.schema,
            ),
            {"stream": stream},
        ).fetchone()
    assert row is not None
    return int(row[0])


def standing(at: Life) -> list[Trouble]:
    """What stands still in the school, once something does."""
    found: list[Trouble] = _until(lambda: at.read(troubles))
    return found


def _until(found: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (it := found()):
        assert time.monotonic() < deadline
    return it


def position_of(at: Life) -> int:
    return int(at.read(waiting.position_of))


def test_a_school_with_an_unknown_fact_stands_before_it_and_the_others_go_on(
    at: Life, caplog: pytest.LogCaptureFixture
) -> None:
    where = poison(at)
    assert poison(at) == where + 1
    with life(at.url, "another") as other, running(at.url):
        [found] = standing(at)
        last = other.must(other.mark(other.lessons[0], other.pupils[0], "5", "mark")).position
        assert reached(other, last)
        assert other.read(troubles) == []

    assert (found.about, found.position, found.grave) == ("fold", where, True)
    assert found.words == f"Запись {where} (future.happened) не складывается: UnknownFact."
    assert position_of(at) == where - 1  # all before it is shown, nothing is passed over
    [loud] = [one for one in caplog.records if one.levelno == logging.CRITICAL]
    assert f"{at.slug} STANDS STILL before position {where}" in loud.getMessage()


@pytest.mark.parametrize("met", ["while it is hot", "when it is read"])
def test_who_needs_what_a_newer_program_wrote_is_told_to_come_back_and_the_others_write(
    at: Life, met: str
) -> None:
    if met == "when it is read":
        at.school.engine.world(at.slug).forget_all()
    poison(at, at.class_id)

    with pytest.raises(Busy) as refused:
        at.mark(at.lessons[0], at.pupils[0], "5", "mark").result(60)

    assert refused.value.code == "program.outdated"
    assert refused.value.extra["retry_after"] > 0
    at.must(
        at.school.register_person(
            YEAR, number("later"), "staff", Name("Позднев", "Ян"), by=at.office, request=request()
        )
    )


def test_a_program_that_can_fold_it_goes_on_and_the_trouble_is_over(
    at: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(9):
        at.must(at.mark(at.lessons[n // 3], at.pupils[n % 3], "5", f"mark {n}"))
    where = at.must(at.mark(at.lessons[0], at.pupils[3], "2", "the poison")).position
    last = at.must(at.mark(at.lessons[1], at.pupils[3], "4", "later")).position

    def fault(batch: Sequence[Placed]) -> None:
        if any(one.position == where for one in batch):
            raise KeyError("about somebody")

    with monkeypatch.context() as wrong:
        wrong.setitem(PROJECTIONS, "trail_v1", partial(_Faulty, fault))
        with running(at.url):
            [found] = standing(at)
    assert found.position == where
    assert "KeyError" in found.words
    assert "somebody" not in found.words  # what a fault says may be about people
    assert position_of(at) == where - 1

    with running(at.url):
        assert reached(at, last)
        assert _until(lambda: at.read(troubles) == [])
    assert replay(at.projector, at.schema).agrees


def test_a_fault_that_passes_sets_nobody_aside(at: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    failed: list[Sequence[Placed]] = []

    def fault(batch: Sequence[Placed]) -> None:
        if not failed:
            failed.append(batch)
            raise KeyError

    monkeypatch.setitem(PROJECTIONS, "trail_v1", partial(_Faulty, fault))
    with running(at.url):
        assert reached(at, head_of(at))
    assert failed
    assert at.read(troubles) == []
    assert replay(at.projector, at.schema).agrees


def test_what_stands_still_is_told_by_every_door(
    at: Life,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    where = poison(at)
    with running(at.url):
        standing(at)
    with application(settings, HttpClock(TODAY)) as client:
        ready, figures = client.get("/readyz"), _figures(client)
        assert ready.status_code == 503
        one = ready.json()["schools"][at.slug]
        assert one["ready"] is False
        assert [found["position"] for found in one["troubles"]] == [where]
        assert figures[f'letopis_trouble{{school="{at.slug}",about="fold"}}'] == "1"
        assert figures[f'letopis_trouble{{school="{at.slug}",about="seal"}}'] == "0"
        # Of two schools the one that is well is served: the process is ready.
        with life(at.url, "another") as other:
            other.fold_all()
            both = client.get("/readyz")
        assert both.status_code == 200
        assert {slug: of["ready"] for slug, of in both.json()["schools"].items()} == {
            at.slug: False,
            "another": True,
        }

    monkeypatch.setenv("DATABASE_URL", at.url)
    monkeypatch.setenv("LETOPIS_SECRET", SECRET)
    monkeypatch.setenv("LETOPIS_DATA_DIR", str(settings.data_dir))
    assert main(["doctor"]) == 1
    assert f"✗ проекции стоят, школа {at.slug}: Запись {where}" in capsys.readouterr().out


def _figures(client: TestClient) -> dict[str, str]:
    lines = client.get("/metrics").text.splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
