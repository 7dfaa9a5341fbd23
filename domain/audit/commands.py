"""Commands of the log about itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from domain import access
from domain.access import Actor
from domain.audit import decisions as decide
from domain.audit import facts as f
from domain.audit.state import Audit
from domain.commands import Commands, on
from domain.fact import Fact
from domain.permissions import Act
from domain.world import World, audit_id
from domain.writing import Answer, Decided, Request


class AuditCommands(Commands):
    """Keys of the seals, and checks."""

    def introduce_seal_key(
        self, verifier_key: str, reason: f.KeyReason, *, by: Actor, request: Request
    ) -> Answer:
        """Announce a key of the seals: the operator's."""
        return self._in_audit(
            Act.INTRODUCE_SEAL_KEY,
            by,
            request,
            lambda a: decide.introduce_key(a, verifier_key, reason),
        )

    def retire_seal_key(
        self, verifier_key: str, reason: f.KeyReason, *, by: Actor, request: Request
    ) -> Answer:
        """Take a key of the seals out of use: the operator's."""
        return self._in_audit(
            Act.RETIRE_SEAL_KEY, by, request, lambda a: decide.retire_key(a, verifier_key, reason)
        )

    def request_check(
        self, year: int, wanted: f.CheckRequested, *, by: Actor, request: Request
    ) -> Answer:
        """Have the log verified or a year replayed; `year` is the school year in force."""
        return self._in_audit(
            Act.REQUEST_CHECK, by, request, lambda a: decide.request_check(a, wanted), year
        )

    def complete_check(self, done: f.CheckCompleted, *, by: Actor, request: Request) -> Answer:
        """Note what a check has found: the operator's, or a job's."""
        return self._in_audit(
            Act.COMPLETE_CHECK, by, request, lambda a: decide.complete_check(a, done)
        )

    def seal_access_day(self, day: f.AccessDaySealed, *, by: Actor, request: Request) -> Answer:
        """Keep the hash of a closed day's access log: a job's."""
        return self._in_audit(
            Act.SEAL_ACCESS_DAY, by, request, lambda a: decide.seal_access_day(a, day)
        )

    def _in_audit(
        self,
        act: Act,
        by: Actor,
        request: Request,
        decide: Callable[[Audit], list[Fact]],
        year: int | None = None,
    ) -> Answer:
        stream = audit_id(self.school_id)

        def decided(world: World, at: datetime) -> Decided:
            known = None if year is None else self._office_of(world, year)
            right = access.administer(by, known, at, act)
            return Decided(right, on(stream, decide(world.state(stream, Audit))))

        return self._submit(by, request, decided)
