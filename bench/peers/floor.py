"""Dumps documents that are finished already, and nothing else: `python floor.py FOLDER`; `finished` is on the path."""

import json
import sys
from pathlib import Path

from finished import DOCUMENTS

for name, document in DOCUMENTS.items():
    path = Path(sys.argv[1]) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")
