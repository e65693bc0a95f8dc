"""Data: what Haechi knows of the world, in files that people read and correct."""
