"""The words all parts share: categories, vocabularies, table schemas, and how instants are written."""
