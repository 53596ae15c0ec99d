"""The public page: approved words that were delivered to it, readable by anyone, and nothing else."""
