"""What a file carries beside content, owner and mode: ACL, SELinux label, extended attributes, the immutable flag.

All of it is read and written on an open file, so that a new file has it before it gets its name. Python 3 brings the
calls; Python 2 reaches the C library's by ctypes. Where neither can, the host's limit `attributes-unreadable` says so.
"""

import array
import base64
import errno
import fcntl
import os
import struct

from hostkit.compat import native, octets
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Callable, Dict, List

ctypes = None  # type: Any
if not hasattr(os, "listxattr"):
    try:
        import ctypes
    except ImportError:  # a Python without it is met on trimmed systems
        pass

ACCESS, DEFAULT, LABEL = "system.posix_acl_access", "system.posix_acl_default", "security.selinux"
# Sums that the kernel keeps over a file; they are made anew with it.
NOT_OURS = ("security.ima", "security.evm")
NOT_THERE = (errno.ENOTSUP, errno.ENODATA, errno.ENOSYS, errno.EPERM)
# FS_IOC_GETFLAGS and FS_IOC_SETFLAGS carry the size of a C long in their numbers.
GET_FLAGS, SET_FLAGS = (base | struct.calcsize("l") << 16 for base in (0x80006601, 0x40006602))
FLAGS = (("a", 0x20), ("i", 0x10))


def readable():
    # type: () -> bool
    """Whether this Python can read extended attributes at all."""
    return hasattr(os, "listxattr") or ctypes is not None


def read(handle):
    # type: (int) -> Dict[str, str]
    """All extended attributes of an open file, base64; none where the file system has none."""
    try:
        names = [name for name in _names(handle) if name not in NOT_OURS]
        return dict((name, native(base64.b64encode(_get(handle, name)))) for name in names)
    except (OSError, IOError) as error:
        if error.errno in NOT_THERE:
            return {}
        raise


def write(handle, now, wish, item):
    # type: (int, Dict[str, str], Dict[str, str], str) -> None
    """Bring the extended attributes of an open file from `now` to `wish`."""
    try:
        for name in sorted(set(now) - set(wish) - set([LABEL])):  # where there are labels, everything has one
            _remove(handle, name)
        for name in sorted(wish):
            if now.get(name) != wish[name]:
                _set(handle, name, base64.b64decode(octets(wish[name])))
    except (OSError, IOError) as error:
        raise Refusal("attributes-refused", item, words=error.strerror)


def flags(handle):
    # type: (int) -> str
    """The flags that forbid changing the file: `i` immutable, `a` append only."""
    bits = array.array("l", [0])
    try:
        fcntl.ioctl(handle, GET_FLAGS, bits, True)
    except (OSError, IOError):
        return ""
    return "".join(letter for letter, bit in FLAGS if bits[0] & bit)


def set_flags(handle, wish, item):
    # type: (int, str, str) -> None
    """Set or clear these flags where they are not so already; the file system's other flags stay."""
    if flags(handle) == wish:
        return
    bits = array.array("l", [0])
    try:
        fcntl.ioctl(handle, GET_FLAGS, bits, True)
        rest = bits[0] & ~sum(bit for _, bit in FLAGS)
        bits[0] = rest | sum(bit for letter, bit in FLAGS if letter in wish)
        fcntl.ioctl(handle, SET_FLAGS, bits, True)
    except (OSError, IOError) as error:
        raise Refusal("flags-refused", item, flags=wish, words=error.strerror)


def _call_py2(function, *arguments):
    # type: (str, *Any) -> int
    """Call the C library; its error becomes ours."""
    done = getattr(_LIBRARY, function)(*arguments)  # type: int
    if done < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return done


def _answer_py2(function, *arguments):
    # type: (str, *Any) -> bytes
    """What a function of the C library writes into the room that it is given: one for all, as files are many."""
    size = _call_py2(function, *(arguments + (_ROOM, ctypes.c_size_t(_LONGEST))))
    return ctypes.string_at(_ROOM, size)  # type: ignore[no-any-return]


def _names_py2(handle):
    # type: (int) -> List[str]
    return [native(name) for name in _answer_py2("flistxattr", handle).split(b"\0") if name]


def _get_py2(handle, name):
    # type: (int, str) -> bytes
    return _answer_py2("fgetxattr", handle, octets(name))


def _set_py2(handle, name, value):
    # type: (int, str, bytes) -> None
    _call_py2("fsetxattr", handle, octets(name), value, ctypes.c_size_t(len(value)), 0)


def _remove_py2(handle, name):
    # type: (int, str) -> None
    _call_py2("fremovexattr", handle, octets(name))


def _refused(*_arguments):
    # type: (*Any) -> Any
    """What a kernel without these calls says; without names, nothing is ever got or removed."""
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))


_LONGEST = 65536
_LIBRARY = ctypes and ctypes.CDLL(None, use_errno=True)
_ROOM = ctypes and ctypes.create_string_buffer(_LONGEST)
_names = getattr(os, "listxattr", _names_py2 if ctypes else _refused)  # type: Callable[[int], List[str]]
_get = getattr(os, "getxattr", _get_py2)  # type: Callable[[int, str], bytes]
_set = getattr(os, "setxattr", _set_py2 if ctypes else _refused)  # type: Callable[[int, str, bytes], None]
_remove = getattr(os, "removexattr", _remove_py2)  # type: Callable[[int, str], None]
