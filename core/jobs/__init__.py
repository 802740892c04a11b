"""Runs what is queued, one job at a time for each device, in processes that outlive the browser and the server."""
