"""Haechi: advertising themes that give a person away, found and prevented."""
