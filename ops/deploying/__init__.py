"""Plans, applies, compares and destroys environments on real AWS."""
