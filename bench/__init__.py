"""Measurements: each figure beside a peer's or a floor's, taken in turn in one go. `docs/performance.md` shows them."""
