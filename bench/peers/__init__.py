"""The same stack in other tools, each program run by its own tool's interpreter."""
