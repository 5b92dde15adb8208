"""What mail servers say of mails they don't take. Pure."""

import re

_ADDRESS = re.compile(r"<?[^\s<>()\[\]:;,]+@[^\s<>()\[\]:;,]+>?")


def without_addresses(text: str) -> str:
    """What a mail server said, without whom it said it of: that is for nobody who looks at faults."""
    return _ADDRESS.sub("…", text)
