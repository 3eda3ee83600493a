"""The checkov gate: what must have run, what may fail, and nothing else."""
