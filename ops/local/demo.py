"""`make demo`: the pipeline on this machine, shown step by step."""

from ops.local.demonstration import Demonstration
from ops.local.layout import default_layout
from ops.local.machine import Machine
from ops.project.paths import EMBEDDED_ENVIRONMENT, ROOT
from ops.project.progress import Progress


def demonstrate() -> None:
    """Bring the pipeline up and demonstrate it."""
    progress = Progress()
    print("This runs the whole pipeline on this machine: an embedded AWS, the committed Terraform files applied to it.")
    layout = default_layout(ROOT)
    pipeline = Machine(ROOT, layout, EMBEDDED_ENVIRONMENT, progress).up()
    Demonstration(pipeline).run()
    home = layout.home.relative_to(ROOT)
    print(f"""
Every claim is true. It took {progress.elapsed():.0f} s, and the pipeline is still running. To go on:
   make send DEVICE=my-device DATA='{{"temp": 21}}'   send a reading of your own
   make query DEVICE=my-device                      ask for it
   source {home}/env                           call the API with any client that signs: $API_ENDPOINT
   source {home}/admin.env                     look around as the administrator, with any AWS tool
   make down                                        stop it; its state is kept""")
