"""The project's folder, and what every command shows: errors and progress."""
