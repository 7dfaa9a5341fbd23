"""Time: the jobs that run by themselves."""
