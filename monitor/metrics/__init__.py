"""Metrics: what is current, in Prometheus' text format, and whether we are alive and looking."""
