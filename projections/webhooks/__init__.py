"""Other programs are told: addresses, and an outbox of events for each. No projection: folding the
log anew tells nobody anything.
"""

from __future__ import annotations

from projections.webhooks.outbox import (
    Address,
    Delivery,
    addresses,
    due,
    failed,
    gone,
    prune,
    put,
    refused,
    sent,
)
from projections.webhooks.registry import (
    Webhook,
    add,
    again,
    dead,
    known,
    listed,
    remove,
    replay,
    resume,
    rotate,
    stop,
    try_out,
)

__all__ = [
    "Address",
    "Delivery",
    "Webhook",
    "add",
    "addresses",
    "again",
    "dead",
    "due",
    "failed",
    "gone",
    "known",
    "listed",
    "prune",
    "put",
    "refused",
    "remove",
    "replay",
    "resume",
    "rotate",
    "sent",
    "stop",
    "try_out",
]
