"""How a check ends: 0 when it found nothing, 1 when it found something, and 2 when it came to no verdict, so that
a check that breaks down isn't taken for one that noticed a mistake."""

import sys
import traceback


class NoVerdict(Exception):
    """The check itself can't go on; says why, and what to do."""


def conclude(check):
    """Exits with the verdict of the check, which says how many failures it found."""
    try:
        sys.exit(1 if check() else 0)
    except NoVerdict as failure:
        print(failure, file=sys.stderr)
    except Exception:  # whatever breaks a check down, it is no verdict
        traceback.print_exc()
    sys.exit(2)
