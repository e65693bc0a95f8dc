"""`python -m haechi`: the command, where it is not on the path."""

from haechi.cli.app import main

main()
