"""The seven integrations of a deployed environment, of which only an address, credentials and outputs are known.

`make verify ENV=dev` tests that environment, `make verify` the one that `make up` has started, and `make test` the
tests' own pipeline. The tests leave only log lines, traces and metrics behind.
"""
