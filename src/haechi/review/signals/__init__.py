"""What speaks for a scam: one module each.

A module has

    NAME      of its signals, lower case with hyphens
    VERSION   changes whenever the same case could be found otherwise
    find      a pure function of the case to the signals found in it, the surest first; none when there is nothing

and is told in `review.examine.ALL`, in the order in which people read them.
"""
