"""Drafts speak: Facts in, honest words out; no socket, no clock, no database."""
