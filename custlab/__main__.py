"""`python -m custlab` is the same as the command `custlab`."""

from custlab.cli import main

if __name__ == "__main__":
    main()
