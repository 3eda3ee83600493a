"""The seven integrations of a deployed environment, of which an address, credentials and its outputs are known.

`make verify ENV=dev` runs them against that environment, `make verify` against what `make up` left running, and `make
test` against the tests' own pipeline. They leave nothing behind but log lines, traces and metrics.
"""
