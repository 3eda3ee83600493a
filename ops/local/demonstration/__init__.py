"""The pipeline's story, told on a pipeline that runs: every claim is looked up, and a false one ends the telling."""
