"""Small programs that measure themselves, each in a fresh interpreter."""
