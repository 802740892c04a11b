"""The search for the cheapest student that passes: what may be tried, which trials are hopeless, and who proposes the next one.

Free of torch: training, serving and timing are the stage's (core/stages/search.py).
"""
