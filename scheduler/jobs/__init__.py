"""What the scheduler does: one module for each room. The table is scheduler/timetable.py."""
