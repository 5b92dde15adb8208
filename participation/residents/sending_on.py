"""The words that a need is sent on to others with: by the device's own sharing, pasted, or by e-mail."""

from dataclasses import dataclass
from urllib.parse import quote

from flask_babel import gettext as _

from participation.needs.models import Need
from participation.needs.rules import may_support
from participation.web.addresses import absolute_url


@dataclass(frozen=True)
class ToSend:
    title: str
    text: str
    """The title and what to do about it, without the address: devices add that themselves."""
    address: str

    @property
    def whole(self) -> str:
        return f"{self.text}\n{self.address}"

    @property
    def mailto(self) -> str:
        """Lines end as mail programs expect it (RFC 6068)."""
        body = f"{self.text}\n\n{self.address}".replace("\n", "\r\n")
        return f"mailto:?subject={quote(self.title, safe='')}&body={quote(body, safe='')}"


def to_send(need: Need) -> ToSend:
    line = _("Read what came of it.")
    if may_support(need.state) is None:
        line = _("Do you have this need too? Say so here, and you will be told what comes of it.")
    text = _("“%(words)s”", words=need.title) + "\n" + line
    return ToSend(need.title, text, absolute_url("residents.show_need", need_id=need.id))
