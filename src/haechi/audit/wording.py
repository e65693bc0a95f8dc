"""Figures as they stand in sentences."""


class Count(int):
    """A figure in a sentence. `{n:person was|people were}` is "1 person was" or "2 people were"; `{n}` is "2,000"."""

    def __format__(self, words: str) -> str:
        one, _, many = words.partition("|")
        word = one if self == 1 else many
        return f"{int(self):,} {word}" if word else f"{int(self):,}"
