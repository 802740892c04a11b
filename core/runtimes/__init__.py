"""Runtimes load an artefact and answer texts, tokenisation included."""
