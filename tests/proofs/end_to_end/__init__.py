"""The whole pipeline: the generated files, applied by Terraform, called over HTTP with real signatures."""
