"""The ground floor: facts, states, decisions. Pure: no I/O, no clock, no randomness."""
