"""The instances that the rest of the code shares; `app.create_app` gives them their settings."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from participation.database import Base


def _who() -> str:
    """The person where one is signed in, else the address: a library's visitors share one address."""
    if current_user and current_user.is_authenticated:
        return f"person:{current_user.id}"
    return visitor_network()


def visitor_network() -> str:
    """The visitor's address; with IPv6 the /64 it is in, as each home has so many addresses to take."""
    text = get_remote_address()
    try:
        address = ip_address(text)
        if not isinstance(address, IPv6Address):
            return text
        return str(address.ipv4_mapped or ip_network((int(address), 64), strict=False))
    except ValueError:
        return text


# A view commits last and then only redirects: what it holds need not be read again for that.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate()
csrf = CSRFProtect()
babel = Babel()
login_manager = LoginManager()
limiter = Limiter(key_func=_who)
