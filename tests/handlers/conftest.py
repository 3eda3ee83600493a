"""The surroundings of every test here: an environment as the generator sets it, and AWS as moto plays it."""

import os

os.environ["POWERTOOLS_TRACE_DISABLED"] = "true"
