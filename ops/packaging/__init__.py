"""Builds what Lambda runs: a zip for each function and the layer that they share."""
