"""Sending: how bytes leave the house, by mail or by a post; what they say, and to whom, is decided elsewhere."""
