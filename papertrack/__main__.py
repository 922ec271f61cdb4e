"""The entry point: `papertrack`, and `python -m papertrack`."""

import gc


def main() -> None:
    """Run the command line.

    Importing makes some 50,000 objects that all stay: collecting among them costs 4 ms of a search.
    Commands that work for long (`cli.fetch`) turn the collector on again.
    """
    gc.disable()
    from papertrack.cli.app import main as command_line

    command_line()


if __name__ == "__main__":
    main()
