"""Measurements beside peers and lower bounds, taken in alternating rounds. `docs/performance.md` shows the figures."""
