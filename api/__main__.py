"""`python -m api` is `letopis`."""

from api.cli import main

raise SystemExit(main())
