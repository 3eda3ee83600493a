"""What a fleet costs, and which limit it meets first: from an environment's settings, without asking AWS."""
