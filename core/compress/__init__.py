"""From a trained artefact to a smaller or faster one: export, quantise, prune, trim the vocabulary, check."""
