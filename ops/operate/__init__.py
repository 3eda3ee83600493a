"""What works with a running pipeline: send, query, logs, redrive, load."""
