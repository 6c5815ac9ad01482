"""Where the command `anwei` begins: nothing of it is read from where a variable of the caller's environment leads.

Only `os` and `sys` are imported before that is certain.
"""

import os
import sys

# These change how Python prints and caches, not which code it runs.
HARMLESS = {"PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "PYTHONIOENCODING", "PYTHONUNBUFFERED", "PYTHONUTF8"}
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - no import of pathlib yet
AGAIN = f"import sys; sys.path.insert(0, {ROOT!r}); from anwei.entry import main; sys.exit(main())"


def main() -> int:
    """Run the command; first start again in isolation where a variable could bring in other code."""
    strange = {name for name in os.environ if name.startswith("PYTHON")} - HARMLESS
    if strange and not sys.flags.isolated:
        environment = {name: value for name, value in os.environ.items() if name not in strange}
        os.execve(sys.executable, [sys.executable, "-I", "-c", AGAIN, *sys.argv[1:]], environment)
    from anwei import cli  # noqa: PLC0415 - not before it is certain whose it is

    return cli.main()
