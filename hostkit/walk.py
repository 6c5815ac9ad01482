"""Reaching a path without following links that others may have planted.

Python 2 has no `dir_fd`. So a folder is opened step by step without following links, each step is looked at, and the
process moves into it (`fchdir`): from then on the bare name means this folder's file, whatever others rename above it.
A link is followed only where nobody but root could have put it.
"""

import errno
import os
import stat

from hostkit import durable
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import List, Optional

STEP = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
MOST_LINKS = 40
OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


class Walk(object):
    """Where this process stands. One per process: the working directory is the process's own."""

    def __init__(self, root="/"):
        # type: (str) -> None
        self.root = root
        self._folder = None  # type: Optional[str]
        # Whether nobody but root can have put a name into the folder that we stand in.
        self.trusted = True

    def to(self, path):
        # type: (str) -> Optional[str]
        """Move into the folder of `path` and return the bare name; None when that folder does not exist."""
        folder, name = path.rsplit("/", 1)
        if self._folder != folder and not self._enter(folder.strip("/").split("/"), path):
            return None
        self._folder = folder
        return name

    def real(self, path):
        # type: (str) -> str
        """The path that a path means once the links at its end are followed."""
        for _ in range(MOST_LINKS):
            name = self.to(path)
            if name is None or not is_link(name):
                return path
            self._demand_trust(path, name)
            path = self._led(os.path.join(self._here(), os.readlink(name)))
        raise Refusal("path-links", path=path)

    def _led(self, path):
        # type: (str) -> str
        """Where a link leads, in the one spelling. Two dots mean the folder above the one that is really there."""
        folder, name = (path.rstrip("/") or "/.").rsplit("/", 1)
        if name in (".", ".."):
            folder, name = folder + "/" + name, ""
        if self.to(folder + "/.") is None:
            return os.path.normpath(path)  # it leads nowhere
        return (self._here() + "/" + name).rstrip("/") or "/"

    def _here(self):
        # type: () -> str
        """The folder that we stand in, as a path of the host without links."""
        return os.getcwd()[len(os.path.realpath(self.root).rstrip("/")) :].rstrip("/")

    def forget(self):
        # type: () -> None
        """Forget where we stand: folders above were made or removed."""
        self._folder = None

    def _enter(self, parts, path):
        # type: (List[str], str) -> bool
        """Go from the root through every part; False when one is missing."""
        self._folder, self.trusted, links = None, True, 0
        os.chdir(self.root)
        while parts:
            part = parts.pop(0)
            if part and is_link(part):
                self._demand_trust(path, part)
                links += 1
                if links > MOST_LINKS:
                    raise Refusal("path-links", path=path)
                target = os.readlink(part)
                parts = target.split("/") + parts
                if target.startswith("/"):
                    os.chdir(self.root)
                    self.trusted = True
            elif part and not self._step(part, path):
                return False
        return True

    def _step(self, part, path):
        # type: (str, str) -> bool
        """Move into one folder and note whether others may write there."""
        try:
            folder = os.open(part, STEP)
        except OSError as error:
            if error.errno == errno.ENOENT:
                return False
            raise Refusal("path-no-folder", path=path, part=part)
        with durable.Held(folder):
            os.fchdir(folder)
            about = os.fstat(folder)
        ours = about.st_uid in (0, os.geteuid())  # root's, and in tests without root our own
        self.trusted = self.trusted and ours and not about.st_mode & OTHERS_MAY_WRITE
        return True

    def _demand_trust(self, path, part):
        # type: (str, str) -> None
        """A link in a folder where others may write leads where they want."""
        if not self.trusted:
            raise Refusal("path-link", path=path, part=part)


def is_link(name):
    # type: (str) -> bool
    """Whether a name in the folder that we stand in is a symbolic link."""
    try:
        return stat.S_ISLNK(os.lstat(name).st_mode)
    except OSError:
        return False
