"""The migrations of the record, from the first table on; they come with the package and run when it is opened."""
