"""Access to AWS: credentials, clients, and signed requests to the API."""
