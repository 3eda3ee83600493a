"""The whole pipeline: the committed files, applied by Terraform, called over HTTP with real signatures."""
