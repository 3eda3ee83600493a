"""The command line: `iot-pipeline VERB`, of which each verb of the Makefile is one."""
