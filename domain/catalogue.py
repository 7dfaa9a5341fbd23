"""Every fact by its topic, and the pure upcasters of old shapes."""

from __future__ import annotations

from domain.audit import facts as audit
from domain.fact import Fact
from domain.journal import facts as journal
from domain.office import facts as office
from domain.people import facts as people

FACTS: dict[str, type[Fact]] = {
    fact.TOPIC: fact for fact in (*office.FACTS, *journal.FACTS, *people.FACTS, *audit.FACTS)
}
