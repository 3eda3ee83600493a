"""What a fleet costs and which limit it reaches first, computed from an environment's settings without asking AWS."""
