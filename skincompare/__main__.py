"""``python -m skincompare``: the same as the command ``skincompare``."""

from skincompare.cli import main

if __name__ == "__main__":
    main()
