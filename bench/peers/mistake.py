"""Generates a document with a misspelt argument: the generator refuses it and says what was meant."""

import sys

from generate.builders.common import versions
from generate.errors import DocumentError
from generate.terraform import Document

MISTAKEN = {"name": "iot-ingestion-queue-dev", "visibility_timeout_second": 361}

if __name__ == "__main__":
    document = Document("modules/mistaken")
    document.terraform(**versions())
    document.resource("aws_sqs_queue", "ingestion", **MISTAKEN)
    try:
        document.files()
    except DocumentError as error:
        print(error)
        sys.exit(1)
