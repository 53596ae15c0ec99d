"""The API of the desk: all that people do there, for programs that act in a person's name."""
