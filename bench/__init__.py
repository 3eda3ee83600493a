"""Measurements beside peers and lower bounds, sampled in alternating rounds. `docs/performance.md` shows the figures."""
