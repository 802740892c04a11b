"""Speed, memory and energy of an artefact, each in a process of its own."""
