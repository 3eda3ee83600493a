"""`python -m ops.cli VERB` is `iot-pipeline VERB`."""

import sys

from ops.cli.command import main

if __name__ == "__main__":
    sys.exit(main())
