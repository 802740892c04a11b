"""Teachers and students: where they come from, how they are built, saved and loaded (safetensors only)."""
