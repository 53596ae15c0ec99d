"""The scribe keeps the waiting draft of every open incident equal to the facts."""
