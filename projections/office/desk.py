"""What the handlers of the office share: statements."""

from __future__ import annotations

from projections.projection import Handlers
from projections.statements import Statements

HANDLERS: Handlers[Desk] = Handlers()


class Desk(Statements):
    """One school's office under the pen."""

    handlers = HANDLERS
