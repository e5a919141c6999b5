"""The child process in which an office program works. Run by path, it imports nothing of this project.

It bounds itself, then becomes the program that is named: what a broken or hostile file makes that program do ends with it.
"""

import os
import sys

MEMORY = 4 << 30
"""Bytes of address space. LibreOffice claims 1.5 GB of it to turn a page into a PDF, and uses a quarter of that."""

SECONDS = 60
"""Seconds of processor time. A paper of ten pages takes two."""

LARGEST = 64 << 20
"""Bytes of a file it writes."""


def main() -> None:
    """`bounded.py PROGRAM ARGUMENT …`."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - exists on these systems only

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - the installation's own setting, and there is no shell


if __name__ == "__main__":
    main()
