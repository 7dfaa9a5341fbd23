"""Import of class lists, staff and marks from the tables that schools really have."""
