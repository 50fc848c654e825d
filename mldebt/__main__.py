"""`python -m mldebt`, and `python -I -m mldebt` for repositories that are not trusted."""

from mldebt.cli import main

if __name__ == "__main__":
    main()
