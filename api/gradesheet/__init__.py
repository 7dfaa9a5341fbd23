"""A page of the journal as a sheet of Excel, and back: what was changed in it, cell by cell."""
