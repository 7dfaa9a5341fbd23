"""Webhooks: signed, at least once whatever crashes, tried again, dead with a reason; not inside."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from api.webhooks import Keeping, add, replay, rotate, try_out
from domain.access import Actor
from domain.refusals import Invalid
from domain.school import MarkInput
from domain.webhooks import check_url
from projections import webhooks
from projections.postgres.database import APP, conninfo
from projections.strongbox import seal
from scheduler import webhooks as posting
from scheduler.jobs import webhooks as job
from scheduler.periods import Every
from scheduler.webhooks import Inside, looked_up, outside, post, retry_after
from scheduler.work import Work, Workshop, workshop
from tests import cast as c
from tests.api.conftest import school_template  # noqa: F401 - a fixture
from tests.api.ground import Clock
from tests.conftest import SECRET, admin, clone, url_of
from tests.domain.seventh_a import WEDNESDAY
from tests.scheduler.receiver import Receiver, nobody, receiving
from tests.scheduler.test_duties import SCHEMA, Day

ANNA = Actor(c.ANNA, "s")
NAMES = ("Петров", "Пётр", "Антонова", "Анна")


class Hooked(Day):
    """Kukarino with an address outside."""

    def __init__(self, url: str, shop: Workshop, clock: Clock, receiver: Receiver) -> None:
        super().__init__(url, shop, clock)
        self._shop, self.receiver = shop, receiver
        self.hook, self.secret = self.add(receiver.url)

    def work(self) -> Work:
        [school] = self._shop.schools()
        return self._shop.work(school, self.clock(), Every(1).last(self.clock(), school.zone))

    def kept(self, do: Any, *arguments: Any) -> Any:
        async def done() -> Any:
            where = conninfo(self.url, APP, SECRET)
            async with await psycopg.AsyncConnection.connect(where, autocommit=True) as conn:
                return await do(Keeping(conn, SCHEMA, SECRET, self.clock()), *arguments)

        return asyncio.run(done())

    def add(self, url: str, *kinds: str) -> tuple[str, str]:
        number = str(uuid4())
        return number, self.kept(add, number, url, kinds, c.ALLA)

    def look(self, later: timedelta = timedelta()) -> int:
        """The scheduler's look, so much later; answers how many were delivered."""
        self.clock.forward(later)
        self.fold()
        done = job.deliver_webhooks(self.work())
        return done.get("доставлено", 0)

    def mark(self, *values: str) -> None:
        column = [MarkInput(str(uuid4()), c.PETYA, value, c.ANSWER) for value in values]
        lesson = self.lessons(WEDNESDAY)[c.ANNA]
        self.do("give_marks", c.CLASS_7A, lesson, column, by=ANNA)

    def state(self) -> Any:
        found = self.rows(
            "SELECT state, tries, error FROM webhook_delivery"
            f" WHERE webhook_id = '{self.hook}' ORDER BY position, event_id"
        )
        return [tuple(one) for one in found]

    def stopped(self) -> str:
        [(why,)] = self.rows(f"SELECT stopped FROM webhook WHERE webhook_id = '{self.hook}'")
        return str(why)


@pytest.fixture(scope="module")
def ground(server: str, school_template: str) -> Iterator[tuple[str, Workshop, Clock]]:  # noqa: F811
    name, clock = f"test_{uuid4().hex}", Clock()
    clone(server, name, school_template)
    url = url_of(server, name)
    with workshop(url, SECRET, clock=clock, private_webhooks=True) as shop:
        yield url, shop, clock
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def hooked(ground: tuple[str, Workshop, Clock]) -> Iterator[Hooked]:
    url, shop, clock = ground
    with psycopg.connect(url) as conn:
        conn.execute(f"DELETE FROM {SCHEMA}.webhook".encode())
    with receiving() as receiver:
        yield Hooked(url, shop, clock, receiver)


def test_a_mark_is_a_signed_event_that_names_nobody(hooked: Hooked) -> None:
    hooked.mark("5")
    assert hooked.look() == 1

    [got] = hooked.receiver.received
    event = got.event
    assert {name: event[name] for name in ("specversion", "type", "source", "datacontenttype")} == {
        "specversion": "1.0",
        "type": "letopis.mark-given",
        "source": f"urn:letopis:school:{c.SCHOOL}",
        "datacontenttype": "application/json",
    }
    assert got.headers["content-type"] == "application/cloudevents+json"
    assert event["data"]["pupil_id"] == c.PETYA
    assert (
        event["data"]["fetch"] == f"/api/v1/changes?since={event['data']['position'] - 1}&limit=1"
    )
    assert not any(name in got.body.decode() for name in NAMES)
    assert not {"value", "old_value", "reason_code"} & event["data"].keys()
    assert got.headers["webhook-id"] == event["id"]
    assert verified(got.headers, got.body, hooked.secret)
    assert not verified(got.headers, got.body + b" ", hooked.secret)
    assert not verified(got.headers | {"webhook-timestamp": "1"}, got.body, hooked.secret)


def verified(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """As a receiver does it, by the text of Standard Webhooks."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mine = "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
    return mine in headers["webhook-signature"].split(" ")


def test_a_new_secret_and_the_one_before_are_good_for_a_day(hooked: Hooked) -> None:
    new, until = hooked.kept(rotate, hooked.hook)
    assert until == hooked.clock() + timedelta(days=1)
    hooked.mark("5")
    hooked.look()
    hooked.mark("4")
    hooked.look(timedelta(hours=25))

    both, alone = hooked.receiver.received
    assert verified(both.headers, both.body, new)
    assert verified(both.headers, both.body, hooked.secret)
    assert verified(alone.headers, alone.body, new)
    assert not verified(alone.headers, alone.body, hooked.secret)


def test_only_the_kinds_that_were_asked_for_come(hooked: Hooked) -> None:
    hooked.hook, _ = hooked.add(hooked.receiver.url, "homework-not-assigned")
    hooked.mark("5")
    hooked.look()

    assert hooked.state() == []
    with pytest.raises(Invalid, match="strange"):
        hooked.add(hooked.receiver.url, "strange")


def test_a_crash_between_sending_and_noting_sends_it_again_under_the_same_id(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked.mark("5", "4")

    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(webhooks, "sent", crash)
        with pytest.raises(KeyboardInterrupt):
            hooked.look()
    assert hooked.look() == 2

    first, *rest = hooked.receiver.received
    assert rest[0].event["id"] == first.event["id"]
    assert rest[0].body == first.body
    assert hooked.look() == 0


@pytest.mark.parametrize("where", ["put", "due"])
def test_a_crash_before_sending_loses_nothing_and_doubles_nothing(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    hooked.mark("5")

    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(webhooks, where, crash)
        with pytest.raises(KeyboardInterrupt):
            hooked.look()
    hooked.look()

    assert len(hooked.receiver.received) == 1


def test_who_does_not_answer_is_asked_more_rarely_and_in_order(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked.mark("5", "4")
    hooked.receiver.answers = ["hang", 503, "nonsense"]

    with monkeypatch.context() as patch:  # who answers has all the time
        patch.setattr(posting, "STEP_S", 0.2)
        assert hooked.look() == 0
    assert hooked.state()[0] == ("queued", 1, "получатель не ответил вовремя")
    assert hooked.look(timedelta(seconds=9)) == 0
    assert len(hooked.receiver.received) == 1  # it rests
    assert hooked.look(timedelta(seconds=2)) == 0
    assert hooked.look(timedelta(seconds=21)) == 0
    assert hooked.state()[0] == ("queued", 3, "получатель недоступен: ответ — не HTTP")
    assert hooked.look(timedelta(seconds=41)) == 2

    *_, last, next_ = hooked.receiver.ids
    assert last == hooked.receiver.ids[0]
    assert next_ != last


def test_retry_after_is_kept(hooked: Hooked) -> None:
    hooked.mark("5")
    hooked.receiver.answers = [(429, {"Retry-After": "600"})]

    assert hooked.look() == 0
    assert hooked.look(timedelta(seconds=590)) == 0
    assert len(hooked.receiver.received) == 1
    assert hooked.look(timedelta(seconds=11)) == 1


def test_what_is_refused_five_times_is_dead_and_does_not_hold_up_the_rest(hooked: Hooked) -> None:
    hooked.mark("5", "4")
    hooked.receiver.answers = [400]
    assert hooked.look() == 1  # the second one
    for _ in range(4):
        hooked.receiver.answers = [400]
        hooked.look(timedelta(hours=1))

    assert hooked.state()[0] == ("dead", 5, "получатель ответил 400")
    hooked.receiver.answers = []
    assert hooked.look(timedelta(hours=1)) == 0
    again = lambda here: webhooks.again(here.conn, SCHEMA, hooked.hook, None, here.now)  # noqa: E731
    assert hooked.kept(again) == 1
    assert hooked.look() == 1
    assert [state for state, *_ in hooked.state()] == ["sent", "sent"]


def test_after_three_days_without_an_answer_an_event_is_dead(hooked: Hooked) -> None:
    hooked.mark("5")
    with psycopg.connect(hooked.url) as conn:
        conn.execute(f"UPDATE {SCHEMA}.webhook SET url = %s".encode(), (nobody(),))
    hooked.look()
    assert hooked.state()[0][0] == "queued"
    hooked.look(timedelta(days=3, minutes=1))

    [(state, tries, why)] = hooked.state()
    assert (state, tries) == ("dead", 2)
    assert why == "получатель недоступен: никто не отвечает по этому адресу"


def test_who_says_gone_is_left_alone_until_somebody_resumes(hooked: Hooked) -> None:
    hooked.mark("5")
    hooked.receiver.answers = [410]
    hooked.look()
    hooked.mark("4")
    hooked.look(timedelta(days=1))

    assert "410" in hooked.stopped()
    assert len(hooked.receiver.received) == 1
    hooked.kept(try_out, hooked.hook, c.SCHOOL)  # the button resumes it as well
    assert hooked.look() == 3
    assert hooked.receiver.received[1].event["type"] == "letopis.test"


def test_a_replay_sends_the_same_events_again(hooked: Hooked) -> None:
    [(before,)] = hooked.rows(f"SELECT position FROM webhook WHERE webhook_id = '{hooked.hook}'")
    hooked.mark("5", "4", "3")
    assert hooked.look() == 3
    hooked.kept(replay, hooked.hook, before)
    assert hooked.look() == 3

    ids = hooked.receiver.ids
    assert ids[:3] == ids[3:]
    with pytest.raises(Invalid):
        hooked.kept(replay, hooked.hook, 10**9)


def test_redirections_are_not_followed(hooked: Hooked) -> None:
    hooked.mark("5")
    hooked.receiver.answers = [(307, {"Location": hooked.receiver.url})]
    hooked.look()

    assert len(hooked.receiver.received) == 1
    assert hooked.state() == [("queued", 1, "получатель ответил 307")]


def test_a_secret_sealed_under_another_key_stops_the_address(hooked: Hooked) -> None:
    with psycopg.connect(hooked.url) as conn:
        other = seal("x" * 40, hooked.hook, b"whsec_AAAA")
        conn.execute(f"UPDATE {SCHEMA}.webhook SET secret = %s".encode(), (other,))
    hooked.mark("5")
    hooked.look()

    assert "выпустите новый" in hooked.stopped()
    assert hooked.receiver.received == []


def test_nothing_goes_inside_unless_the_installation_allows(hooked: Hooked) -> None:
    with workshop(hooked.url, SECRET, clock=hooked.clock) as shop:
        hooked._shop = shop
        hooked.mark("5")
        hooked.look()

    assert hooked.receiver.received == []
    assert "https" in hooked.stopped()


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.5.4", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "::1", "::", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "224.0.0.1"),  # noqa: S104
        *("64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1"),
    ],
)
def test_an_address_inside_is_known(address: str) -> None:
    assert not outside(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_outside_is_known(address: str) -> None:
    assert outside(address)


def test_one_inner_address_of_a_name_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(posting, "getaddrinfo", lambda *_, **__: answers)

    with pytest.raises(Inside):
        looked_up("rebound.example", 443, private=False)
    assert looked_up("rebound.example", 443, private=True) == "93.184.215.14"


def test_the_name_is_asked_once_and_the_answer_is_connected_to(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def once(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        assert len(asked) == 1, "a second question may be answered by another address"
        return [(0, 0, 0, "", ("127.0.0.1", port))]

    monkeypatch.setattr(posting, "getaddrinfo", once)
    url = hooked.receiver.url.replace("127.0.0.1", "receiver.example")
    now = hooked.clock()

    answer = post(url, "1.0", b"{}", [b"whsec_AAAA"], now, private=True)

    assert answer.status == 204
    assert asked == ["receiver.example"]
    assert hooked.receiver.received[0].headers["host"].startswith("receiver.example:")


def test_a_receiver_that_never_ends_is_hung_up(hooked: Hooked) -> None:
    hooked.receiver.answers = ["hang"]
    with pytest.raises(OSError, match=r"."):
        post(
            hooked.receiver.url, "1.0", b"{}", [b"whsec_AAAA"], hooked.clock(),
            private=True, total_s=0.2,
        )  # fmt: skip


def test_retry_after_is_read_as_seconds_and_as_a_date() -> None:
    now = Clock()()
    assert retry_after("120", now) == timedelta(minutes=2)
    assert retry_after("Wed, 02 Sep 2026 09:05:00 GMT", now) == timedelta(minutes=5)
    assert retry_after("Wed, 02 Sep 2020 09:05:00 GMT", now) == timedelta()
    assert retry_after("когда-нибудь", now) is None
    assert retry_after(None, now) is None


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://a.example/", "a.example/hook", "https://", "https://u:p@a.example/"),
        *("https://a.example/#x", "https://почта.рф/", "https://a.example:99999/", "https://a b/"),
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        check_url(url)
