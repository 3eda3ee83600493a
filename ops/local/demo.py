"""`make demo`: the pipeline on this machine, and its story told line by line."""

import time

from ops.local.demonstration.journey import tell_journey
from ops.local.demonstration.narrator import Narrator
from ops.local.demonstration.poison import tell_poison
from ops.local.demonstration.refusals import tell_refusals
from ops.local.demonstration.stage import Stage
from ops.local.demonstration.warming import warm_up
from ops.local.layout import default_layout
from ops.local.machine import Machine
from ops.local.pipeline import Pipeline
from ops.project.paths import EMBEDDED_ENVIRONMENT, ROOT
from ops.project.progress import Progress


def tell_story(pipeline: Pipeline, narrator: Narrator) -> None:
    """Tell the whole story on a running pipeline.

    Raises:
        StoryError: The pipeline did not do what the story says.
    """
    stage = Stage(pipeline, f"demo-device-{time.time_ns() // 1_000_000}", narrator)
    warm_up(stage)
    tell_refusals(stage)
    tell_journey(stage)
    tell_poison(stage)


def demonstrate() -> None:
    """Bring the pipeline up and tell its story."""
    progress = Progress()
    print("This runs the whole pipeline on this machine: an embedded AWS, the committed Terraform files applied to it.")
    layout = default_layout(ROOT)
    pipeline = Machine(ROOT, layout, EMBEDDED_ENVIRONMENT, progress).up()
    narrator = Narrator()
    tell_story(pipeline, narrator)
    home = layout.home.relative_to(ROOT)
    print(f"""
All of it is so. It took {progress.elapsed():.0f} s, and the pipeline is still running. To go on:
   make send DEVICE=my-device DATA='{{"temp": 21}}'   send a reading of your own
   make query DEVICE=my-device                      ask for it
   source {home}/env                           call the API with any client that signs: $API_ENDPOINT
   source {home}/admin.env                     look around as the administrator, with any AWS tool
   make down                                        stop it; its state is kept""")
