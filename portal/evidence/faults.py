"""Why the decoder refuses a file.

Part of the decoder's process, like `pictures`, `pages`, `drawing` and `likeness`. They import each other relatively
and nothing else of ours: there they belong to a package that is made of these files alone.
"""


class Fault(Exception):
    """The file is refused; the first argument says why, in the words of `evidence.rules.Fault`."""
