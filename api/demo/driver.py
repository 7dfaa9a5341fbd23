"""Carries out a plan through the one write door, with a clock that tells the plan's time.

Steps of one moment are sent together and awaited; then the clock moves on. Request keys follow
from the recipe, so that an interrupted demonstration goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b, sha256
from itertools import groupby
from typing import Any, NamedTuple

from api import word
from api.demo.attainments import COMMAND as DEFENCE
from api.demo.chance import Chance
from api.demo.consent_papers import Signed, scanned
from api.demo.fill_checks import COMMAND, FillChecks
from api.demo.handouts import COMMAND as HANDOUT
from api.demo.recipe import SLUG, Recipe
from api.demo.steps import AS_READ, TICK, Step
from api.demo.year import utc
from domain.access import Actor
from domain.engine import Engine
from domain.journal.outcomes import SealedFile
from domain.people.consent import Scan
from domain.refusals import Refusal
from domain.school import School
from domain.values import Origin
from domain.writing import Answer, Log, Receipt, Request
from projections import strongbox
from projections.strongbox import NONCE

#: Bounds of one moment: no step list of the plan comes near them.
_GROUP, _QUEUE = 20_000, 20_000
_ANSWER_S = 120.0


class BrokenDemoError(Exception):
    """A step was answered otherwise than the plan says: a fault of the program or a foreign log."""


class Progress(NamedTuple):
    """How far the demonstration is: `done` of `total` steps, the day it has reached."""

    done: int
    total: int
    day: datetime


class _Moment(NamedTuple):
    number: int
    at: datetime
    first: int
    steps: Sequence[Step]


class _Source:
    """Ids or salts whose stream is changed between moments, never during one."""

    def __init__(self) -> None:
        self.chance = Chance("unset")

    def id(self) -> str:
        return self.chance.id()

    def salt(self) -> str:
        return self.chance.salt()


class Driver:
    """One demonstration on one log. `slug` is the school's, `open_log` as the engine wants it;
    `secret` is the installation's, for documents in the vault.
    """

    def __init__(
        self, recipe: Recipe, open_log: Callable[[str], Log], *, slug: str = SLUG, secret: str = ""
    ) -> None:
        self._secret = secret
        self._recipe = recipe
        self._open_log = open_log
        self._slug = slug
        self._now = datetime(1970, 1, 1, tzinfo=UTC)
        self._leaf, self._vault = _Source(), _Source()
        self._sessions: dict[tuple[str, int], str] = {}
        self._checks = FillChecks(open_log(slug))
        self._read = 0  # the position of the last fact before this moment

    def run(self, steps: Sequence[Step], report: Callable[[Progress], None]) -> int:
        """Carry out what is left; answers the number of facts recorded now.

        Raises BrokenDemoError, and whatever the log raises.
        """
        moments = list(self._moments(steps))
        start = self._first_open(moments)
        self._read = self._reached(moments[:start])
        engine = Engine(
            self._open_log,
            clock=lambda: self._now,
            salts=self._leaf.salt,
            group=_GROUP,
            queue_limit=_QUEUE,
        )
        school = School(
            engine, self._slug, self._recipe.school_id, ids=self._vault.id, salts=self._vault.salt
        )
        facts = 0
        try:
            for moment in moments[start:]:
                facts += self._carry_out(school, moment)
                done = moment.first + len(moment.steps)
                report(Progress(done, len(steps), moment.at))
        finally:
            engine.close()
        return facts

    def _moments(self, steps: Sequence[Step]) -> Iterator[_Moment]:
        """Groups of steps with one moment; a step that takes ids of its own is alone."""
        first = number = 0
        jitter = self._recipe.chance("jitter")

        def together(step: Step) -> tuple[int, object]:
            return (step.at // TICK, step.ids)

        for (tick, _), group in groupby(steps, together):
            own = list(group)
            at = tick * TICK + jitter.between(5, TICK - 60)
            for part in [[one] for one in own] if own[0].ids else [own]:
                yield _Moment(number, utc(at), first, part)
                number += 1
                first += len(part)

    def _first_open(self, moments: Sequence[_Moment]) -> int:
        """The first moment whose steps are not all in the log: they went in in order."""
        log = self._open_log(self._slug)
        low, high = 0, len(moments)
        while low < high:
            middle = (low + high) // 2
            if self._is_done(log, moments[middle]):
                low = middle + 1
            else:
                high = middle
        return low

    def _reached(self, done: Sequence[_Moment]) -> int:
        """The position of the last fact of these moments, the same after an interruption."""
        log = self._open_log(self._slug)
        for moment in reversed(done):
            answers = log.answered([self._key(moment.first + i) for i in range(len(moment.steps))])
            last = [one.position for one in answers.values() if one.facts]
            if last:
                return max(last)
        return 0

    def _is_done(self, log: Log, moment: _Moment) -> bool:
        keys = [
            self._key(moment.first + i) for i, step in enumerate(moment.steps) if not step.expect
        ]
        return bool(keys) and len(log.answered(keys)) == len(keys)

    def _key(self, number: int) -> bytes:
        said = f"{self._recipe.session}/{number}".encode()
        return blake2b(said, digest_size=16).digest()

    def _carry_out(self, school: School, moment: _Moment) -> int:
        self._now = max(self._now, moment.at)
        name = ("moment", moment.number)
        self._leaf.chance = self._recipe.chance("leaf", *name)
        ids = moment.steps[0].ids
        self._vault.chance = self._recipe.chance(*ids) if ids else self._recipe.chance(*name)
        answers: list[tuple[Step, Answer]] = []
        for i, step in enumerate(moment.steps):
            request = Request(self._key(moment.first + i), step.fingerprint)
            command: Callable[..., Answer] = getattr(school, step.do)
            answers.append((step, self._send(command, step, request)))
        receipts = [_answered(step, answer) for step, answer in answers]
        self._read = max([self._read, *(one.position for one in receipts if one and one.facts)])
        return sum(one.facts for one in receipts if one)

    def _send(self, command: Callable[..., Answer], step: Step, request: Request) -> Answer:
        kwargs: dict[str, Any] = {**step.kwargs, "by": self._actor(step), "request": request}
        args = step.args
        if step.do == COMMAND:
            args = (step.args[0], self._checks.found(*step.args))
        elif step.do == DEFENCE:
            args = (*step.args[:-1], self._sealed(step.args[1], step.args[2], step.args[-1]))
        elif step.do == HANDOUT:
            args = (*step.args[:-1], self._sealed(step.args[2], step.by, step.args[-1]))
        if kwargs.get("position") == AS_READ:
            kwargs["position"] = self._read
        if isinstance(sheet := kwargs.get("scan"), Signed):
            kwargs["scan"] = self._scan(sheet, *step.args[1:3])
        return command(*args, **kwargs)

    def _sealed(self, number: str, person_id: str, paper: bytes) -> SealedFile:
        """A document as a door would keep it, by a nonce of its own. number: of what it is."""
        _, kept = word.harmless(paper)
        nonce = blake2b(f"{number}/{sha256(kept).hexdigest()}".encode(), digest_size=NONCE)
        body = strongbox.seal(self._secret, person_id, kept, nonce.digest())
        return SealedFile(body, word.DOCX, sha256(kept).hexdigest(), len(kept))

    def _scan(self, sheet: Signed, pupil_id: str, guardian_id: str) -> Scan:
        """The sheet of a consent as a door would keep it, by a nonce of its own."""
        kept = scanned(sheet)
        said = f"{pupil_id}/{guardian_id}/{sha256(kept).hexdigest()}".encode()
        nonce = blake2b(said, digest_size=NONCE).digest()
        return Scan(strongbox.seal(self._secret, pupil_id, kept, nonce), "application/pdf")

    def _actor(self, step: Step) -> Actor:
        if not step.by:
            return Actor(self._recipe.school_id, self._recipe.session, Origin.DEMO, operator=True)
        session = step.session
        if not session:
            key = (step.by, step.at // 86_400)
            if key not in self._sessions:
                self._sessions[key] = self._recipe.chance("session", *key).token()
            session = self._sessions[key]
        return Actor(step.by, session, Origin.DEMO)


def _answered(step: Step, answer: Answer) -> Receipt | None:
    """None for a refusal that must come. Raises BrokenDemoError unless the answer is the one of the
    plan.
    """
    try:
        receipt = answer.result(_ANSWER_S)
    except Refusal as refusal:
        if refusal.code == step.expect:
            return None
        raise BrokenDemoError(
            f"{step.do} {utc(step.at):%Y-%m-%d %H:%M}: {refusal.code} {refusal.message}"
        ) from refusal
    if step.expect:
        raise BrokenDemoError(f"{step.do} {utc(step.at):%Y-%m-%d %H:%M}: not {step.expect}")
    return receipt
