"""The same stack in other tools. Each program runs on its own tool's environment and imports nothing of the project."""
