"""The entry point: `papertrack`, and `python -m papertrack`."""

import gc


def main() -> None:
    """Run the command line.

    Importing makes some 50,000 objects that all stay. Collecting garbage among them
    takes 7 of the 106 ms of CPU of a search (40 collections). Commands that run for
    long (`cli.fetch`) turn the collector on again.
    """
    gc.disable()
    from papertrack.cli.app import main as command_line

    command_line()


if __name__ == "__main__":
    main()
