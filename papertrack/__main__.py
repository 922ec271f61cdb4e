"""The entry point: `papertrack`, and `python -m papertrack`."""

import os

INTERRUPTED = 130

try:
    import gc

    from papertrack.cli import interruption
except KeyboardInterrupt:  # before there is a handler for it
    os._exit(INTERRUPTED)


def main() -> None:
    """Run the command line.

    Importing makes some 50,000 objects that all stay. Collecting garbage among them
    takes 7 of the 106 ms of CPU of a search (40 collections). Commands that run for
    long (`cli.fetch`) turn the collector on again. Python collects once more as it ends,
    8 % of the instructions of `list`, unless the objects are frozen.
    """
    try:
        interruption.install()
        gc.disable()
        from papertrack.cli.app import main as command_line  # under the handlers

        command_line()
    except KeyboardInterrupt:  # as the handlers are set, or as a command ends
        os._exit(INTERRUPTED)
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
