"""The AWS side: tables, queues, the topic and the parameters, and calls that are repeated while time remains."""
