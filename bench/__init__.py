"""Measurements against peers and lower bounds, in alternating rounds. `docs/performance.md` shows the figures."""
