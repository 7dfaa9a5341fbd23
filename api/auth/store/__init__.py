"""The doors' own tables: accounts, sessions, factors, tokens, failed attempts, who looked.

The one SQL in `api`.
"""

from __future__ import annotations

from api.auth.store.accounts import Accounts
from api.auth.store.base import (
    NO_ADDRESS,
    Account,
    Factor,
    Flow,
    Living,
    Look,
    Session,
    Suspicion,
    Token,
)
from api.auth.store.calendar_links import CalendarLink, CalendarLinks
from api.auth.store.factors import Factors
from api.auth.store.failures import WHOLE_ADDRESS, Claim, Failures
from api.auth.store.identities import Identities
from api.auth.store.looks import Looks
from api.auth.store.sessions import Sessions
from api.auth.store.tokens import Tokens

__all__ = [
    "NO_ADDRESS",
    "WHOLE_ADDRESS",
    "Account",
    "CalendarLink",
    "Claim",
    "Factor",
    "Flow",
    "Living",
    "Look",
    "Session",
    "Store",
    "Suspicion",
    "Token",
]


class Store(Accounts, Sessions, Factors, Tokens, CalendarLinks, Failures, Looks, Identities):
    """Everything the doors keep of one school."""
