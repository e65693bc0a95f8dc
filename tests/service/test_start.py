"""How `haechi serve` starts."""

import subprocess
import sys


def test_nothing_large_is_loaded_that_it_does_not_use() -> None:
    """Breaks if every start takes seconds longer because a library loads what happens to be installed beside it."""
    program = (
        "import sys, haechi.service.serve; print(*({'sklearn', 'pandas', 'scipy.stats'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
