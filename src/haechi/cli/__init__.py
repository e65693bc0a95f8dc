"""The command `haechi`: each door parses, calls one function, and shows."""
