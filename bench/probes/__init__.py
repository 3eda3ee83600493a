"""Small programs that measure in a process of their own and print what they found as JSON."""
