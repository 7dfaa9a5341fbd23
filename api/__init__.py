"""Doors: people and programs come in here. Doors translate, the domain decides."""
