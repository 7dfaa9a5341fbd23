"""After a round: what was acknowledged is there exactly once, nothing is there by half, what is
shown is the fold of the log, seals stand, jobs are done once. A finding is a sentence.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from projections.checks import sealer_note
from projections.postgres.database import PROJECTOR, READER, conninfo
from projections.replay import replay
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import Note
from projections.seals.signer import LAST
from projections.verification import verify
from tests.conftest import SECRET
from tests.crash.installation import Installation
from tests.crash.writers import COMMENTED, GIVEN, Command

#: a fact by which a mark or a lesson is known
_NUMBER = {GIVEN: "mark_id", COMMENTED: "mark_id"}


class Fact(NamedTuple):
    """What is looked at of a fact."""

    topic: str
    number: str  # of the mark, or ""
    texts: int  # of the vault


class Judge:
    """Reads on from where it was; what it has read it does not forget."""

    def __init__(self, on: Installation) -> None:
        self._on = on
        self._facts: dict[int, Fact] = {}
        self._requests: dict[str, tuple[int, int]] = {}
        self._commands: list[Command] = []
        self._notes: dict[int, str] = {}  # size → the note that was on the sealer's disk
        self._read = self._head()
        self.laid = self._read
        self._texts = self._comments()

    @property
    def facts(self) -> int:
        """How many have been written since the school was laid."""
        return len(self._facts)

    @property
    def given_up_present(self) -> int:
        """How many commands are in the log whose client never learned of it."""
        return sum(one.given_up and _key(one) in self._requests for one in self._commands)

    def round(self, commands: Iterable[Command], *, replays: bool = True) -> list[str]:
        """Everything that is wrong after a round. replays: fold the whole log again, too."""
        done = list(commands)
        self._commands += done
        found = [*self._log(), *self._told(done), *self._seals()]
        return [*found, *(self._folded() if replays else []), *self._verified()]

    def end(self, checks: Iterable[str]) -> list[str]:
        """Everything again from the first command on, and the jobs. checks: that were asked for."""
        return [*self._told(self._commands), *self._vault(), *self._jobs(list(checks))]

    # -- the log -------------------------------------------------------------------------------

    def _log(self) -> list[str]:
        """Read on: positions without a hole, each in exactly one request."""
        rows = self._on.rows(
            "SELECT notification_id, topic, convert_from(state, 'UTF8') FROM facts"
            " WHERE notification_id > %s ORDER BY notification_id",
            self._read,
        )
        found = []
        wanted = list(range(self._read + 1, self._read + 1 + len(rows)))
        if [position for position, _, _ in rows] != wanted:
            found.append(f"positions after {self._read} are not one after another")
        if self._head() < self._read + len(rows):
            found.append("the head is behind the facts")
        for position, topic, state in rows:
            body = json.loads(state)["fact"]
            comment = body.get("comment") is not None
            self._facts[position] = Fact(topic, body.get(_NUMBER.get(topic, ""), ""), int(comment))
        requests = self._on.rows(
            "SELECT key::text, last, count FROM request WHERE last > %s", self._read
        )
        self._requests |= {key: (last, count) for key, last, count in requests}
        covered = Counter(
            position
            for _, last, count in requests
            for position in range(last - count + 1, last + 1)
        )
        found += [f"fact {n} of {covered[n]} requests" for n in wanted if covered[n] != 1]
        self._read += len(rows)
        given = Counter(one.number for one in self._facts.values() if one.topic == GIVEN)
        found += [
            f"mark {number} given {times} times" for number, times in given.items() if times > 1
        ]
        return found

    def _told(self, commands: Iterable[Command]) -> list[str]:
        """What the clients were told, held against the log."""
        return [wrong for command in commands for wrong in self._of(command)]

    def _of(self, command: Command) -> list[str]:
        named = f"{command.path} (key {command.key})"
        found = [f"{named}: {fault}" for fault in command.faults]
        held = self._requests.get(_key(command))
        if held is None:
            if command.position is not None and command.wants:
                found.append(f"{named}: acknowledged at {command.position} and not in the log")
            return found
        last, count = held
        if command.refused:
            found.append(f"{named}: refused ({command.refused}) and in the log at {last}")
        if command.position is not None and command.position != last:
            found.append(f"{named}: acknowledged at {command.position}, in the log at {last}")
        facts = [self._facts[n] for n in range(last - count + 1, last + 1) if n in self._facts]
        there = sorted((one.topic, one.number) for one in facts if one.topic in _NUMBER)
        if there != sorted(command.wants) or (not command.wants and not facts):
            found.append(f"{named}: by half: {there} of {command.wants}")
        if sum(one.texts for one in facts) != len(command.texts) and command.wants:
            found.append(f"{named}: texts by half")
        return found

    def _vault(self) -> list[str]:
        """Each text of a command that is in the log is in the vault once, and no other is."""
        wanted = Counter(
            text
            for command in self._commands
            if _key(command) in self._requests
            for text in command.texts
        )
        held = self._comments() - self._texts
        return [] if held == wanted else [f"the vault: {held - wanted} too many, {wanted - held}"]

    def _comments(self) -> Counter[str]:
        return Counter(
            body for (body,) in self._on.rows("SELECT body FROM payload WHERE kind = 'comment'")
        )

    def _head(self) -> int:
        [(last,)] = self._on.rows("SELECT last FROM head")
        return int(last)

    # -- what stands on it ---------------------------------------------------------------------

    def _folded(self) -> list[str]:
        """Rebuilt equals lived, row by row."""
        own = conninfo(self._on.url, PROJECTOR, SECRET)
        with psycopg.connect(own, autocommit=True) as conn:
            report = replay(conn, self._on.schema)
        return [] if report.agrees else [f"replay: {report.differing}: {report.differences}"]

    def _verified(self) -> list[str]:
        """The whole log derived again and held against its seals."""
        own = conninfo(self._on.url, READER, SECRET)
        note = sealer_note(self._on.seals.parent, self._on.school_id)
        with psycopg.connect(own, autocommit=True) as conn:
            report = verify(
                conn,
                self._on.schema,
                self._on.school_id,
                datetime.now(UTC),
                sealer_note=note,
            )
        return [f"verify: {one.kind} {one.place}" for one in report.findings]

    def _seals(self) -> list[str]:
        """One root for a size, on the disk and in the table; what was signed is never shorter."""
        path = self._on.seals / LAST
        if not path.exists():
            return []
        note = Note.parse(path.read_text("utf-8"))
        head = Checkpoint.of(note)
        found = []
        if self._notes and head.size < max(self._notes):
            found.append(f"the seal went back from {max(self._notes)} to {head.size}")
        known = self._notes.setdefault(head.size, str(note))
        if Checkpoint.of(Note.parse(known)).root != head.root:
            found.append(f"two roots were signed for {head.size}")
        stored = self._on.rows("SELECT size, root FROM checkpoint")
        roots: dict[int, Any] = {size: bytes(root) for size, root in stored}
        for size, text in self._notes.items():
            if size in roots and roots[size] != Checkpoint.of(Note.parse(text)).root:
                found.append(f"the table holds another root for {size} than was signed")
        alarm = self._on.seals / "refused.txt"
        if alarm.exists() and alarm.read_text("utf-8").strip():
            found.append(f"the sealer refuses: {alarm.read_text('utf-8')}")
        return found

    # -- jobs ----------------------------------------------------------------------------------

    def _jobs(self, checks: list[str]) -> list[str]:
        """Each check that was asked for is done once; each family is told of each mark once."""
        rows = self._on.rows(
            "SELECT convert_from(state, 'UTF8')::jsonb -> 'fact' ->> 'check_id' FROM facts"
            " WHERE topic = 'audit.check-completed'"
        )
        done = Counter(number for (number,) in rows)
        found = [f"check {one} done {done[one]} times" for one in checks if done[one] != 1]
        [(told, different)] = self._on.rows(
            "SELECT count(*), count(DISTINCT position) FROM notice"
            " JOIN facts ON notification_id = position WHERE topic = %s AND channel = 'inbox'",
            GIVEN,
        )
        given = sum(one.topic == GIVEN for one in self._facts.values())
        if (told, different) != (2 * given, given):  # the pupil and a guardian
            found.append(f"{given} marks, of which {different} were told, {told} times in all")
        doubled = self._on.rows(
            "SELECT job, period, count(*) FROM job_run WHERE outcome = 'done' AND asked_by IS NULL"
            " GROUP BY job, period HAVING count(*) > 1"
        )
        found += [f"job {job} of {period} done {times} times" for job, period, times in doubled]
        failed = self._on.rows("SELECT job, period, error FROM job_run WHERE outcome = 'failed'")
        # A database that is away is told; nothing else may go wrong.
        return [*found, *(f"job {one}" for one in failed if "База данных" not in one[2])]


def _key(command: Command) -> str:
    """Under which key the log keeps a command's request (`api.v1.wire.request_of`)."""
    whole = sha256(f"{command.person}|{command.key}".encode()).digest()
    return str(UUID(bytes=whole[:16]))
