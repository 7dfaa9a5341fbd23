"""What the log makes of the answers of a witness, good, bad and none."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from projections.seals.note import WITNESS, SigningKey
from scheduler.sealing.witnesses import WitnessBehind, WitnessRefused, cosign
from tests.projections.seals.small_log import KEY, SmallLog

LOG = SmallLog()
NOTE = LOG.note(8)
OWN = SigningKey("control.example/w1", b"w" * 32, WITNESS)
OTHER = SigningKey("control.example/w2", b"v" * 32, WITNESS)
NOW = 1_790_000_000
GOOD = OWN.sign(NOTE.text, NOW)
WAIT_S = 30.0


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """URL of somebody who answers one request with these bytes."""

    def serve() -> None:
        with listening.accept()[0] as caller:
            body = b""
            while not body.endswith(str(NOTE).encode()):
                body += caller.recv(65_536)
            asked.append(body)
            caller.sendall(answer)

    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            thread.join(WAIT_S)
    assert asked[0].startswith(b"POST /add-checkpoint HTTP/1.1\r\n")
    assert asked[0].endswith(b"\r\n\r\n" + LOG.growth(5, 8))


def http(status: int, body: str, kind: str = "text/plain; charset=utf-8", *more: str) -> bytes:
    """An answer of HTTP."""
    raw = body.encode()
    lines = (f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(raw)}", *more)
    return "\r\n".join((*lines, "", "")).encode() + raw


def ask(url: str) -> str:
    return cosign(url, OWN.verifier, 5, LOG.proof(5, 8), str(NOTE), WAIT_S)


@pytest.mark.parametrize("tail", ["", "/"])
def test_the_line_of_the_witness_is_handed_on(tail: str) -> None:
    with answering(http(200, GOOD)) as url:
        assert ask(url + tail) == GOOD


def test_lines_of_others_are_left_out() -> None:
    lines = OTHER.sign(NOTE.text, NOW) + GOOD + OTHER.sign("nonsense\n", NOW)

    with answering(http(200, lines)) as url:
        assert ask(url) == GOOD


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "signed!\n",
        GOOD[:-1],
        GOOD + "\n",
        GOOD + "\x00\n",
        OTHER.sign(NOTE.text, NOW),
        OWN.sign(LOG.note(7).text, NOW),
        OWN.sign(LOG.note(7).text, NOW) + GOOD,
        SigningKey(OWN.verifier.name, b"w" * 32).sign(NOTE.text),
        f"\n\n{GOOD}",
        f"{LOG.note(7).text}\n{OWN.sign(LOG.note(7).text, NOW)}",
    ],
)
def test_what_is_not_its_signature_of_this_note_is_refused(lines: str) -> None:
    with answering(http(200, lines)) as url, pytest.raises(WitnessRefused) as refused:
        ask(url)
    assert refused.value.status == 200


def test_a_witness_that_is_elsewhere_says_where() -> None:
    for size in (0, 3, 9):
        with (
            answering(http(409, f"{size}\n", "text/x.tlog.size")) as url,
            pytest.raises(WitnessBehind) as behind,
        ):
            ask(url)
        assert behind.value.size == size


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("5\n", "text/x.tlog.size"),  # as we said ourselves: asking again would not help
        ("five\n", "text/x.tlog.size"),
        ("", "text/x.tlog.size"),
        ("3\n", "text/plain"),
    ],
)
def test_a_conflict_without_a_usable_size_is_a_refusal(body: str, kind: str) -> None:
    with answering(http(409, body, kind)) as url, pytest.raises(WitnessRefused) as refused:
        ask(url)
    assert (refused.value.status, refused.value.text) == (409, body.strip())


@pytest.mark.parametrize("status", [204, 400, 403, 404, 422, 500, 503])
def test_other_answers_are_refusals_with_their_text(status: int) -> None:
    with (
        answering(http(status, "" if status == 204 else "нет\n")) as url,
        pytest.raises(WitnessRefused) as refused,
    ):
        ask(url)
    assert (refused.value.status, refused.value.text) == (status, "" if status == 204 else "нет")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_it_is_not_led_elsewhere(status: int) -> None:
    with (
        answering(http(status, "", "text/plain", "Location: http://127.0.0.1:1/")) as url,
        pytest.raises(WitnessRefused) as refused,
    ):
        ask(url)
    assert refused.value.status == status


@pytest.mark.parametrize("noise", [b"", b"\r\n", b"nonsense\r\n\r\n", http(200, GOOD)[:-9]])
def test_what_is_not_http_is_a_fault_of_the_network(noise: bytes) -> None:
    with answering(noise) as url, pytest.raises(OSError, match=r"."):
        ask(url)


@pytest.mark.parametrize("port", ["1", "x", "99999"])
def test_nobody_there_is_a_fault_of_the_network(port: str) -> None:
    with pytest.raises(OSError, match=r"."):
        ask(f"http://127.0.0.1:{port}")


@pytest.mark.parametrize("url", ["http://", "http://[", "http://" + "x" * 70, "http://a b/"])
def test_an_address_that_leads_nowhere_is_a_fault_of_the_network(url: str) -> None:
    with pytest.raises(OSError, match=r"."):
        ask(url)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "control.example", ""])
def test_only_http_is_spoken(url: str) -> None:
    with pytest.raises(WitnessRefused) as refused:
        ask(url)
    assert refused.value.status == 0


def test_a_log_is_not_its_own_witness() -> None:
    with pytest.raises(WitnessRefused, match="не ключ свидетеля"):
        cosign("http://127.0.0.1:1", KEY.verifier, 5, LOG.proof(5, 8), str(NOTE), WAIT_S)
