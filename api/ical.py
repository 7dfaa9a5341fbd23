"""iCalendar (RFC 5545), written: the few components that a school's calendar has, exactly.

Only what is needed of the grammar, so no library: TEXT escaping, folding at 75 octets without
cutting a letter, VTIMEZONE of an IANA zone. The tests read it with a library of another hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

#: octets of a content line, without its CRLF (RFC 5545 §3.1)
LONGEST = 75
PRODUCT = "-//Letopis//School calendar//RU"
LONG_AGO = datetime(1970, 1, 1)  # noqa: DTZ001 - onsets are local times
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Event:
    """One VEVENT. `starts` and `ends` are local times of the zone; without them it is of the whole
    `day`. `modified`: UTC; `sequence` grows with each new version.
    """

    uid: str
    day: date
    summary: str
    modified: datetime
    sequence: int = 0
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    description: str = ""
    categories: tuple[str, ...] = ()
    cancelled: bool = False

    @property
    def all_day(self) -> bool:
        """No bells of it are known, or it has none."""
        return self.starts is None or self.ends is None


def calendar(
    name: str, zone: str, events: Iterable[Event], since: date, until: date, *, every: str = "PT2H"
) -> bytes:
    """A VCALENDAR of the days [since, until], both included. `every`: how often to ask again.

    No METHOD: DTSTAMP is then when the thing was last revised, and the same facts are the same
    bytes.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"NAME:{text(name)}",
        f"X-WR-CALNAME:{text(name)}",
        f"X-WR-TIMEZONE:{zone}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{every}",
        f"X-PUBLISHED-TTL:{every}",
        *timezone(zone, since, until),
    ]
    for event in events:
        lines += _event(event, zone)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(event: Event, zone: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{_utc(event.modified)}"
    yield f"LAST-MODIFIED:{_utc(event.modified)}"
    yield f"SEQUENCE:{event.sequence}"
    if event.starts is None or event.ends is None:
        yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.day + DAY:%Y%m%d}"
        yield "TRANSP:TRANSPARENT"  # a task of the day keeps nobody busy
    else:
        yield f"DTSTART;TZID={zone}:{event.day:%Y%m%d}T{event.starts:%H%M%S}"
        yield f"DTEND;TZID={zone}:{event.day:%Y%m%d}T{event.ends:%H%M%S}"
    yield f"SUMMARY:{text(event.summary)}"
    if event.place:
        yield f"LOCATION:{text(event.place)}"
    if event.description:
        yield f"DESCRIPTION:{text(event.description)}"
    if event.categories:
        yield f"CATEGORIES:{','.join(map(text, event.categories))}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield "END:VEVENT"


def text(value: str) -> str:
    """A TEXT value (§3.3.11): what has a meaning is escaped, controls are left out."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(one for one in escaped if one.isprintable())


def folded(line: str) -> bytes:
    """A content line with its CRLF: continued after at most 75 octets, never inside a letter."""
    parts, part = [], b""
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > LONGEST:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part, b""])


def timezone(zone: str, since: date, until: date) -> Iterator[str]:
    """VTIMEZONE with what holds on the days, and every change of it within them."""
    known = ZoneInfo(zone)
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{zone}"
    before = datetime.combine(since, time(), known)
    yield from _observance(before, before, LONG_AGO)
    last = datetime.combine(until + DAY, time(), UTC)
    moment = before.astimezone(UTC)
    while moment < last:
        following = moment + DAY
        if _offset(moment, known) != _offset(following, known):
            change = _change(moment, following, known)
            old, new = (one.astimezone(known) for one in (change - timedelta(seconds=1), change))
            # an onset is told in the local time that was until then
            yield from _observance(old, new, (change + _offset(old, known)).replace(tzinfo=None))
        moment = following
    yield "END:VTIMEZONE"


def _observance(old: datetime, new: datetime, onset: datetime) -> Iterator[str]:
    kind = "DAYLIGHT" if new.dst() else "STANDARD"
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{onset:%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{_signed(old.utcoffset())}"
    yield f"TZOFFSETTO:{_signed(new.utcoffset())}"
    yield f"TZNAME:{new.tzname()}"
    yield f"END:{kind}"


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _change(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """The first second of the new offset, within (low, high]."""
    old = _offset(low, zone)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if _offset(middle, zone) == old else (low, middle)
    return high


def _signed(offset: timedelta | None) -> str:
    seconds = int((offset or timedelta()).total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{minutes:02}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
