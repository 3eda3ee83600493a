"""The embedded AWS: MiniStack as a process of this machine, with the committed roots applied to it."""
