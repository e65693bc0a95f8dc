"""What was spent of whose privacy, for one advertiser.

Individual accounting (Feldman and Zrnic 2021; for Gaussian noise Koskela, Tobaben and Honkela 2023): an answer costs
those who are counted in it, and nobody else; who has spent all is left out of further answers. Nobody is told who was
left out or that anybody was: a refusal would tell that somebody with a spent budget is there.

The amounts are whole numbers, kept as sets of people, one for each binary digit. Adding to a million people is a few
operations on sets.
"""

from collections.abc import Iterable

from pyroaring import BitMap


class Budget:
    """Amounts spent, by person.

    Args:
        digits: for each binary digit, lowest first, the people whose amount has it.
    """

    def __init__(self, digits: Iterable[BitMap] = ()) -> None:
        self._digits = [BitMap(digit) for digit in digits]

    def spend(self, people: BitMap, amount: int) -> None:
        """Adds an amount to each of the people."""
        place = 0
        while amount >> place:
            if amount >> place & 1:
                self._add(people, place)
            place += 1

    def _add(self, people: BitMap, place: int) -> None:
        carried = people
        while carried:
            while len(self._digits) <= place:
                self._digits.append(BitMap())
            digit = self._digits[place]
            self._digits[place] = digit ^ carried
            carried = digit & carried
            place += 1

    def over(self, limit: int) -> BitMap:
        """The people who spent more than a limit."""
        more = BitMap()
        # Who spent nothing is over no limit: only the others need to be compared, digit by digit from the highest.
        equal = BitMap.union(*self._digits) if self._digits else BitMap()
        for place in range(max(len(self._digits), limit.bit_length()) - 1, -1, -1):
            digit = self._digits[place] if place < len(self._digits) else BitMap()
            if limit >> place & 1:
                equal = equal & digit
            else:
                more |= equal & digit
                equal = equal - digit
        return more

    def digits(self) -> list[bytes]:
        """What to keep of it."""
        return [digit.serialize() for digit in self._digits]

    @classmethod
    def of(cls, digits: Iterable[bytes]) -> "Budget":
        """As it was kept."""
        return cls(BitMap.deserialize(digit) for digit in digits)
