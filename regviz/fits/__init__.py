"""The task, and the fits that several scenes read."""
