"""The log's side of C2SP tlog-witness: ask a witness to sign a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from http.client import HTTPException, HTTPResponse, IncompleteRead
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from projections.seals.checkpoint import number
from projections.seals.note import KEY_ID, WITNESS, Malformed, Note, Unsigned, VerifierKey
from projections.seals.witnessing import ADD_CHECKPOINT, PLAIN, SIZE, Growth

MOST_BYTES = 64 * 1024  # of an answer


class WitnessBehind(Exception):  # noqa: N818 - an answer, not a fault
    """The witness has signed a tree of `size` leaves last; prove the growth from there.

    When `size` is more than our log has, it is we who are behind: the log has lost facts.
    """

    def __init__(self, size: int) -> None:
        super().__init__(f"the witness has seen {size} leaves")
        self.size = size


class WitnessRefused(Exception):  # noqa: N818 - an answer, not a fault
    """The witness has not signed. `status` is HTTP's, 0 when it was not asked; `text` says why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status
        self.text = text


class _NoRedirects(HTTPRedirectHandler):
    """The address is that of the file; an answer from elsewhere is none."""

    def redirect_request(self, *_: object) -> None:
        """Nowhere: a redirection stays the error it is."""


_opener = build_opener(_NoRedirects)


def cosign(
    url: str, key: VerifierKey, old_size: int, proof: Sequence[bytes], note: str, timeout_s: float
) -> str:
    """The signature line (with its newline) that the witness at `url` gives to `note`.

    `old_size` is the size that this witness is thought to have seen last, 0 if unknown; `proof`
    leads from there to the note's checkpoint. `timeout_s` bounds each wait for the network, not
    their sum. Raises WitnessBehind, WitnessRefused (also when what it answers is not its signature
    of this note), OSError (nothing came), Malformed (`note` is not one).
    """
    if not url.startswith(("http://", "https://")):
        raise WitnessRefused(0, f"не адрес http или https: {url}")
    if key.kind != WITNESS:
        raise WitnessRefused(0, f"не ключ свидетеля: {key}")
    checkpoint = Note.parse(note)
    body = str(Growth(old_size, tuple(proof), checkpoint)).encode()
    try:
        status, kind, text = _answer(url.rstrip("/") + ADD_CHECKPOINT, body, timeout_s)
    except (HTTPException, ValueError) as fault:
        raise OSError(f"{url}: {fault!r}") from fault
    if status == 200:  # noqa: PLR2004 - HTTP's own number
        return _signature(text, key, checkpoint)
    if status == 409 and kind == SIZE:  # noqa: PLR2004
        size = _size(text)
        if size not in (None, old_size):  # or we would come again with the same for ever
            raise WitnessBehind(size)
    raise WitnessRefused(status, text.strip())


def _answer(url: str, body: bytes, timeout_s: float) -> tuple[int, str, str]:
    """Status, media type, text. Raises OSError, HTTPException, ValueError (not an address)."""
    request = Request(url, body, {"Content-Type": PLAIN})  # noqa: S310 - http or https only
    answer: HTTPResponse | HTTPError
    try:
        answer = _opener.open(request, timeout=timeout_s)
    except HTTPError as refusal:
        answer = refusal
    with answer:
        text = answer.read(MOST_BYTES)
        if getattr(answer, "length", None):
            raise IncompleteRead(text)  # cut off on the way, or longer than any answer
        return answer.status or 0, answer.headers.get_content_type(), text.decode(errors="replace")


def _size(text: str) -> int | None:
    try:
        return number(text.removesuffix("\n"))
    except Malformed:
        return None


def _signature(lines: str, key: VerifierKey, checkpoint: Note) -> str:
    """The line of `key` among the lines that were answered. Raises WitnessRefused."""
    try:
        answered = Note.parse(f"{checkpoint.text}\n{lines}")
        answered.verify([key])
    except (Malformed, Unsigned) as fault:
        raise WitnessRefused(200, f"ответ — не подпись этого свидетеля: {fault}") from fault
    known = (key.name, key.id)
    own = next(one for one in answered.signatures if (one[0], one[1][:KEY_ID]) == known)
    return str(Note("", (own,))).removeprefix("\n")
