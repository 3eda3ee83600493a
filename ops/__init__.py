"""What packages the pipeline, runs it on one machine, deploys it to AWS and operates it."""
