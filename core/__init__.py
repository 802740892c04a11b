"""Distill ROI: from labelled text and traffic to a decision with evidence."""
