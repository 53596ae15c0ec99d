"""Probes look: one question to one target, answered truthfully, and nothing remembered."""
