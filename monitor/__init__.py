"""Monitor judges and remembers: from a config file to an approved notice."""
