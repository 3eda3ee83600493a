"""Brings dead letters back: what may be shown of them, which are chosen, and how none is lost on the way."""
