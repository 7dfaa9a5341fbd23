"""Families are told: an outbox of what facts mean to whom, by letter and inside the program.

No projection: a row says that somebody was told. It is written once, by a job that follows the
trail; folding the log anew tells nobody anything.
"""

from __future__ import annotations

from projections.notices.addresses import (
    CodeLetter,
    address_of,
    code_sent,
    codes_to_send,
    confirm_address,
    give_address,
    prune,
    withdraw_address,
)
from projections.notices.devices import (
    Subscription,
    add_device,
    agreed_to_push,
    devices_of,
    due_words,
    ended,
    living,
    reached,
    remove_device,
    undeliverable,
)
from projections.notices.inbox import (
    NEWEST,
    PAGE,
    choose,
    delivery,
    hours,
    inbox,
    paces,
    seen,
    set_hours,
    unread,
)
from projections.notices.posting import Line, Parcel, delayed, dropped, parcels, refused, sent
from projections.notices.telling import (
    Heard,
    Told,
    begun,
    consents_ending,
    folded,
    hear,
    readers_of,
    tell,
)

__all__ = [
    "NEWEST",
    "PAGE",
    "CodeLetter",
    "Heard",
    "Line",
    "Parcel",
    "Subscription",
    "Told",
    "add_device",
    "address_of",
    "agreed_to_push",
    "begun",
    "choose",
    "code_sent",
    "codes_to_send",
    "confirm_address",
    "consents_ending",
    "delayed",
    "delivery",
    "devices_of",
    "dropped",
    "due_words",
    "ended",
    "folded",
    "give_address",
    "hear",
    "hours",
    "inbox",
    "living",
    "paces",
    "parcels",
    "prune",
    "reached",
    "readers_of",
    "refused",
    "remove_device",
    "seen",
    "sent",
    "set_hours",
    "tell",
    "undeliverable",
    "unread",
    "withdraw_address",
]
