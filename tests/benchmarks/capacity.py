"""The capacity plan, on paper: machines and money for a city and a country, of measured figures.

    python -m tests.benchmarks.capacity      writes the tables into docs/capacity.md

What was measured is the table «Inputs of the capacity plan» of docs/benchmarks.md; what is assumed
is below and printed. A test compares the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PAGE, MEASURED = DOCS / "capacity.md", DOCS / "benchmarks.md"
BEGIN, END = "<!-- capacity: begin -->\n", "<!-- capacity: end -->\n"

DAY_S = 86_400
GB, TB = 1e9, 1e12


@dataclass(frozen=True)
class Assumed:
    """What nobody has measured: how people behave, how machines are bought."""

    name: str
    value: float
    unit: str
    why: str


ASSUMED = {
    one.name: one
    for one in (
        Assumed("school days", 170, "a year", "34 weeks of five days"),
        Assumed("busiest writing hour", 0.25, "of a day's facts", "lessons end together"),
        Assumed("family views", 3, "a pupil and day", "two adults and the pupil, once each"),
        Assumed("busiest reading hour", 0.30, "of a day's views", "18:00–19:00, after work"),
        Assumed("staff views", 60, "a teacher and day", "pages and grids; 1 teacher for 14 pupils"),
        Assumed("a staff view", 5, "diary views of CPU", "a grid is larger than a week"),
        Assumed("facts of one command", 4, "facts", "a column, attendance, homework"),
        Assumed("headroom", 3, "times", "September, a bad day, a machine away"),
        Assumed("years kept", 5, "years", "then archived and taken off the server"),
        Assumed("cores of a machine", 32, "cores", "one socket"),
        Assumed("disk of a machine", 7.0, "TB", "two NVMe, mirrored, 90 % full at most"),
        Assumed("schools of an installation", 300, "schools", "one PostgreSQL and its standby"),
        Assumed("a machine", 90_000, "roubles a month", "a rented dedicated server of that size"),
        Assumed("disk of copies", 1.5, "roubles a GB and month", "object storage in another place"),
        Assumed("copies kept", 7, "copies", "LETOPIS_BACKUP_KEEP"),
        Assumed("a copy", 0.6, "of the database", "compressed by the file system of the copies"),
    )
}

#: who → schools, pupils of all of them
PLACES = {
    "a school": (1, 900),
    "a city": (600, 600 * 900),
    "the country": (39_000, 17_800_000),
}


def measured() -> dict[str, float]:
    """The inputs, out of docs/benchmarks.md."""
    text = MEASURED.read_text("utf-8")
    section = text.partition("## Inputs of the capacity plan\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| ([\d.,]+) \|", section, re.MULTILINE)
    return {name: float(value.replace(",", "")) for name, value in rows}


@dataclass(frozen=True)
class Plan:
    """What a place needs."""

    facts: float  # a year
    writes: float  # commands a second in the busiest hour
    views: float  # a second in the busiest hour
    cpu: dict[str, float]  # cores in the busiest hour, by what takes them
    cores: int  # with headroom
    disk: float  # bytes, of the years kept
    installations: int
    machines: int
    month: float  # roubles

    @property
    def busy(self) -> float:
        """Cores of the busiest hour."""
        return sum(self.cpu.values())


def plan(schools: int, pupils: int, m: dict[str, float]) -> Plan:
    """All the arithmetic."""
    a = {name: one.value for name, one in ASSUMED.items()}
    facts = pupils * m["facts of a pupil and year"]
    a_day = facts / a["school days"]
    facts_s = a_day * a["busiest writing hour"] / 3_600
    writes = facts_s / a["facts of one command"]
    family = pupils * a["family views"] * a["busiest reading hour"] / 3_600
    staff = pupils / 14 * a["staff views"] * a["busiest writing hour"] / 3_600
    views = family + staff * a["a staff view"]
    a_view = m["CPU of a diary view, web"] + m["CPU of a diary view, database"]
    cpu = {
        "writing": writes * (m["CPU of a mark, web"] + m["CPU of a mark, database"]) / 1_000,
        "folding": facts_s * m["CPU of folding a fact"] / 1e6,
        "reading": views * a_view / 1_000,
        "idle": schools * m["CPU of an idle school"] / 1_000,
    }
    cores = ceil(sum(cpu.values()) * a["headroom"])
    disk = facts * a["years kept"] * m["bytes of a fact, everything"]
    installations = ceil(schools / a["schools of an installation"])
    for_cores = ceil(cores / a["cores of a machine"])
    for_disk = ceil(disk / TB / a["disk of a machine"])
    machines = 2 * max(for_cores, for_disk) if schools > 1 else 1  # and a standby
    copies = disk * a["a copy"] * a["copies kept"] / GB * a["disk of copies"]
    month = machines * a["a machine"] + copies
    return Plan(facts, writes, views, cpu, cores, disk, installations, machines, month)


def tables() -> str:
    """The page's tables."""
    m = measured()
    plans = {name: plan(*of, m) for name, of in PLACES.items()}
    head = "| | " + " | ".join(plans) + " |\n|---|" + "---:|" * len(plans)

    def line(what: str, *cells: str) -> str:
        return f"| {what} | " + " | ".join(cells) + " |"

    def row(what: str, shown: str, value: str) -> str:
        return line(what, *(shown.format(getattr(one, value)) for one in plans.values()))

    lines = [
        "### Assumed",
        "",
        "| What | Value | Why |",
        "|---|---:|---|",
        *(f"| {one.name} | {one.value:,g} {one.unit} | {one.why} |" for one in ASSUMED.values()),
        "",
        "### The plan",
        "",
        head,
        line("schools", *(f"{of[0]:,}" for of in PLACES.values())),
        line("pupils", *(f"{of[1]:,}" for of in PLACES.values())),
        row("facts a year", "{:,.0f}", "facts"),
        row("commands a second, busiest hour", "{:,.1f}", "writes"),
        row("views a second, busiest hour (as diary views)", "{:,.1f}", "views"),
        *(
            line(f"cores, {part}", *(f"{one.cpu[part]:,.2f}" for one in plans.values()))
            for part in plans["a city"].cpu
        ),
        row("cores of the busiest hour", "{:,.2f}", "busy"),
        row("cores with headroom", "{:,}", "cores"),
        line("disk of the years kept, TB", *(f"{one.disk / TB:,.2f}" for one in plans.values())),
        row("installations", "{:,}", "installations"),
        row("machines, each with a standby", "{:,}", "machines"),
        row("roubles a month", "{:,.0f}", "month"),
        line(
            "roubles a pupil and month",
            *(f"{one.month / PLACES[name][1]:,.2f}" for name, one in plans.items()),
        ),
    ]
    return "\n".join(lines) + "\n"


def page(now: str) -> str:
    """The page with the tables of today."""
    before, rest = now.split(BEGIN)
    return before + BEGIN + tables() + END + rest.split(END)[1]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
