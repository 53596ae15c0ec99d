"""The desk: where a human reads the draft beside its evidence, and says yes to the very words they saw."""
