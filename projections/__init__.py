"""The log folded into answers. The only floor with SQL."""
