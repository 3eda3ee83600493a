"""The Lambda code of the pipeline: event -> entry point -> domain -> store."""
