"""Losses, cached soft targets, and the training loop."""
