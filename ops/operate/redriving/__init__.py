"""Redrives dead-letter messages: reads, chooses and shows them, and moves them back without losing one."""
