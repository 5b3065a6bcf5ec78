"""A host's own list of breached passwords: a text file of SHA-1 hashes in order, as such lists are handed out, each
line HASH or HASH:COUNT. It may be far larger than memory: it is searched by halving.
"""

import hashlib
from pathlib import Path


def holds(path: Path, password: str) -> bool:
    """Whether the list holds the password. A list that cannot be read holds nothing; `portal doctor` says so."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    try:
        with path.open("rb") as file:
            low, high = 0, file.seek(0, 2)
            while low < high:
                middle = (low + high) // 2
                file.seek(middle)
                if middle:
                    file.readline()
                line = file.readline().strip().upper()
                found = line.partition(b":")[0]
                if found == wanted:
                    return True
                if not line or found > wanted:
                    high = middle
                else:
                    low = middle + 1
    except OSError:
        return False
    return False
