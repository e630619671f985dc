"""Settings in, a whole sweep of exact fits out: the only orchestration between the core and the figures."""
