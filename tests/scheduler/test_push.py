"""Words on one's own devices: as a browser decrypts them, at least once, to nobody inside."""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import ECKey

from projections.vapid import base64url, point, public_key
from scheduler.jobs.push import send_pushes
from scheduler.push import Device, Push, authorization, encrypted, send
from scheduler.webhooks import Inside
from scheduler.work import Workshop, workshop
from tests import cast as c
from tests.api.conftest import kukarino, school_template  # noqa: F401 - fixtures
from tests.api.ground import Clock
from tests.conftest import SECRET
from tests.scheduler.receiver import Receiver, receiving
from tests.scheduler.test_duties import SCHEMA
from tests.scheduler.test_notices import ANNA, GATHERED, UNTIL_SIX, MailServer, Told

WORD = "Есть новое в дневнике"
CONTACT = "mailto:it@school.example"
CURVE = ec.SECP256R1()


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser(NamedTuple):
    """What a browser keeps of its subscription, and how it reads a word (RFC 8291, 8188)."""

    key: ec.EllipticCurvePrivateKey
    auth: bytes

    @property
    def public(self) -> bytes:
        return point(self.key.public_key())

    def reads(self, body: bytes) -> str:
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        shared = self.key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs)
        )
        seed = HKDF(SHA256(), 32, self.auth, b"WebPush: info\0" + self.public + theirs).derive(
            shared
        )
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(seed)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(seed)
        said = AESGCM(key).decrypt(nonce, sealed, None)
        assert said.endswith(b"\x02")
        return said[:-1].decode()


def browser() -> Browser:
    return Browser(ec.generate_private_key(CURVE), os.urandom(16))


class Pushed(Told):
    """Kukarino whose families are told on devices, too."""

    def __init__(self, url: str, shop: Workshop, clock: Clock, service: Receiver) -> None:
        super().__init__(url, shop, clock, MailServer())
        self.service = service

    def subscribes(self, who: str, name: str = "a", url: str = "") -> Browser:
        """Somebody's browser is told from now on."""
        one, self.clock.at = browser(), self.clock.at + timedelta(seconds=1)
        at = url or f"{self.service.url}/{who}/{name}"
        with self.app() as conn:
            conn.execute(
                f"INSERT INTO {SCHEMA}.push_device (person_id, endpoint, public_key, auth, name,"
                " since) VALUES (%s, %s, %s, %s, %s, %s)".encode(),
                (who, at, one.public, one.auth, name, self.clock()),
            )
        return one

    def push(self, later: timedelta = timedelta()) -> int:
        self.clock.at += later
        return sum(send_pushes(self.work()).values())

    def pushed(self) -> list[tuple[str, str]]:
        return [
            (state, error)
            for state, error in self.rows(
                "SELECT state, error FROM notice WHERE channel = 'push' ORDER BY position"
            )
        ]


@pytest.fixture(scope="module")
def service() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def told(kukarino: str, service: Receiver) -> Iterator[Pushed]:  # noqa: F811 - the fixture
    clock = Clock()
    service.received.clear()
    service.answers.clear()
    push = Push(CONTACT, SECRET, private=True)
    with workshop(kukarino, SECRET, clock=clock, push=push) as shop:
        at = Pushed(kukarino, shop, clock, service)
        at.tell()
        at.do("give_consent", c.CLASS_7A, c.PETYA, c.OLGA, "push", clock.at.date())
        yield at


def test_the_example_of_the_rfc_is_written_byte_for_byte() -> None:
    own = ec.derive_private_key(
        int.from_bytes(raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), CURVE
    )
    theirs = raw(
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    )
    said = encrypted(
        b"When I grow up, I want to be a watermelon",
        theirs,
        raw("BTBZMqHH6r4Tts7J_aSIgg"),
        own=own,
        salt=raw("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert base64url(said) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmY"
        "WAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexS"
        "gSxsj_Qulcy4a-fN"
    )


def test_another_browser_cannot_read_the_word() -> None:
    one, other = browser(), browser()
    said = encrypted(WORD.encode(), one.public, one.auth)
    assert one.reads(said) == WORD
    with pytest.raises(InvalidTag):
        Browser(other.key, one.auth).reads(said)


def test_the_signature_is_for_this_push_service_alone_and_by_the_key_that_browsers_know() -> None:
    now = Clock()()
    said = authorization(Push(CONTACT, SECRET), "https://push.example:8443/send/1?x=2", now)
    token, key = said.removeprefix("vapid t=").split(", k=")
    assert key == public_key(SECRET)
    x, y = raw(key)[1:33], raw(key)[33:]
    known = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)})
    claims: dict[str, Any] = jwt.decode(token, known, algorithms=["ES256"]).claims
    assert claims["aud"] == "https://push.example:8443"
    assert claims["sub"] == CONTACT
    assert 0 < claims["exp"] - now.timestamp() <= 24 * 3600
    assert public_key(SECRET + "!") != key


@pytest.mark.parametrize("url", ["http://push.example/1", "https://127.0.0.1/1", "https://[::1]/1"])
def test_nobody_makes_the_school_knock_at_its_own_network(url: str) -> None:
    one = browser()
    with pytest.raises(Inside):
        send(Push(CONTACT, SECRET), Device("1", url, one.public, one.auth), WORD, Clock()())


def test_a_word_without_a_name_or_a_mark_comes_to_each_device_once(told: Pushed) -> None:
    one, other = told.subscribes(c.OLGA, "a"), told.subscribes(c.OLGA, "b")
    told.mark()
    told.mark()
    told.tell()
    assert told.push() == 0  # gathered for ten minutes
    assert told.push(GATHERED) == 1
    assert told.push() == 0
    assert told.pushed() == [("sent", "")] * 2
    for received in told.service.received:
        assert received.headers["content-encoding"] == "aes128gcm"
        assert int(received.headers["ttl"]) > 0
    bodies = [received.body for received in told.service.received]
    assert [one.reads(bodies[0]), other.reads(bodies[1])] == [WORD, WORD]


def test_quiet_hours_and_choices_hold_for_devices_apart_from_letters(told: Pushed) -> None:
    told.agrees()  # to letters, too: marks come by letter at six
    told.subscribes(c.OLGA)
    told.do_sql(
        "INSERT INTO notice_choice (person_id, channel, kind, pace) VALUES"
        f" ('{c.OLGA}', 'push', 'MARK', 'WEEKLY'), ('{c.OLGA}', 'push', 'MARK_CHANGED', 'OFF')"
    )
    [mark] = told.mark()
    told.corrects(mark, "4", "3")
    told.tell()
    due = told.rows("SELECT kind, channel, due FROM notice WHERE channel <> 'inbox'")
    assert sorted((kind, channel) for kind, channel, _ in due) == [
        ("MARK", "email"),
        ("MARK", "push"),
        ("MARK_CHANGED", "email"),
    ]
    [friday] = [when for _, channel, when in due if channel == "push"]
    assert friday.isoweekday() == 5
    told.clock.at += timedelta(hours=11)  # eleven in the evening
    told.do("comment_mark", c.CLASS_7A, mark, "Старается", by=ANNA)
    told.tell()
    assert told.push(GATHERED) == 0
    assert told.push(timedelta(hours=8)) == 1


def test_who_has_no_device_or_no_consent_is_not_owed_a_word(told: Pushed) -> None:
    told.subscribes(c.OLEG)  # no consent
    told.mark()
    told.tell()  # Olga has no device
    assert told.pushed() == []
    told.subscribes(c.OLGA)
    told.mark()
    told.tell()
    told.do("withdraw_consent", c.CLASS_7A, c.PETYA, c.OLGA, "push")
    told.fold()
    assert told.push(GATHERED) == 0
    assert told.pushed() == [("dropped", "согласие на дневник или на уведомления отозвано")]
    assert told.service.received == []


@pytest.mark.parametrize("gone", [404, 410])
def test_a_subscription_that_has_ended_is_told_no_more_and_its_owner_reads_so(
    told: Pushed, gone: int
) -> None:
    told.subscribes(c.OLGA)
    told.mark()
    told.tell()
    told.service.answers = [gone]
    assert told.push(GATHERED) == 0
    [(state, error)] = told.pushed()
    assert state == "failed"
    assert "включите их снова" in error
    [(failure, ended)] = told.rows("SELECT failure, ended_at FROM push_device")
    assert (failure, ended) == (error, told.clock())
    told.mark()
    told.tell()
    assert len(told.pushed()) == 1  # nothing is owed to a device that is no more


def test_one_device_that_takes_the_word_is_enough_and_a_silent_service_is_asked_again(
    told: Pushed,
) -> None:
    told.subscribes(c.OLGA, "a")
    told.mark()
    told.tell()
    told.service.answers = [503]
    assert told.push(GATHERED) == 0
    assert told.pushed() == [("queued", "служба уведомлений ответила 503")]
    assert told.push() == 0
    assert len(told.service.received) == 1  # not at once
    told.subscribes(c.OLGA, "b")
    told.service.answers = [410]
    assert told.push(timedelta(minutes=2)) == 1
    assert told.pushed() == [("sent", "")]


def test_a_word_that_waited_for_a_week_is_not_sent_any_more(told: Pushed) -> None:
    told.subscribes(c.OLGA)
    told.mark()
    told.tell()
    assert told.push(UNTIL_SIX + timedelta(days=8)) == 0
    assert told.pushed() == [("dropped", "устарело: отправка на устройства была выключена")]


def test_an_address_inside_ends_the_subscription(told: Pushed) -> None:
    told.subscribes(c.OLGA, url="https://127.0.0.1/1")
    told.mark()
    told.tell()
    told.clock.at += GATHERED
    strict = replace(told.work(), push=Push(CONTACT, SECRET))
    assert sum(send_pushes(strict).values()) == 0
    assert told.rows("SELECT failure FROM push_device") == [("адрес этого браузера не годится",)]
