"""The running school of the write door's exercises."""

from __future__ import annotations

from tests.api.conftest import client, clock, desk, kukarino, projector, school_template
from tests.write_door.conftest import place

__all__ = ["client", "clock", "desk", "kukarino", "place", "projector", "school_template"]
