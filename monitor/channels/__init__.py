"""Channels carry approved words to the public: one file a kind, and only publish may use them."""
