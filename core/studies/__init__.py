"""The use cases that pages and the command line both call: plan, submit, read, decide, export. Torch-free."""
