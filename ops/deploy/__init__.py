"""Plans, applies and destroys an environment, and finds what would stop a deployment."""
