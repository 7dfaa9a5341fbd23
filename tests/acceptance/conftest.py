"""The running school of the write door's exercises."""

from __future__ import annotations

from tests.api.conftest import kukarino, school_template
from tests.write_door.conftest import place

__all__ = ["kukarino", "place", "school_template"]
