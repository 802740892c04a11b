"""What the worker does, in order: adapt, label, distil and control, evaluate, measure."""
