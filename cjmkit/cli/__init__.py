"""The command ``cjmkit``: start a study, run it, check it, look at it, hand it on."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence

from cjmkit.cli.commands import parser
from cjmkit.cli.terminal import as_sentence, asked, of_the_terminal
from cjmkit.errors import CjmError, reason
from cjmkit.i18n import current_language, say, use_language

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        What stands behind ``cjmkit``; what the shell gave by default.

    Returns
    -------
    int
        0 if it went well, 1 if ``check`` or ``add`` has something to say, 2 after an error, 130 after Ctrl-C.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    before = current_language()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a letter shows a question mark; a lost letter is better than a lost result.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    use_language(asked(words) or of_the_terminal())
    shown, warnings.formatwarning = warnings.formatwarning, as_sentence
    try:
        return _run(words)
    except CjmError as error:
        print(f"cjmkit: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output, such as head, has had enough
        sys.stdout = None
        return 0
    except OSError as error:  # a full disk, a folder that may not be read
        print(f"cjmkit: {f'{error.filename}: ' if error.filename else ''}{reason(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        said = say(
            en="interrupted; what was finished is saved, the same command continues",
            ru="прервано; что закончено, сохранено, та же команда продолжит",
        )
        print(f"\ncjmkit: {said}", file=sys.stderr)
        return 130
    finally:
        warnings.formatwarning = shown
        use_language(before)


def _run(words: Sequence[str]) -> int:
    reader = parser()
    args = reader.parse_args(words)
    if args.version:
        from cjmkit.cli.about import about

        print(about(verbose=args.verbose))
        return 0
    if not hasattr(args, "act"):
        reader.print_help()
        return 0
    return int(args.act(args) or 0)


if __name__ == "__main__":
    sys.exit(main())
