"""The public page: approved words that were delivered to it, readable by anyone; and the door where they subscribe."""
