"""The blueprint that the residents' modules put their views on."""

from flask import Blueprint

residents = Blueprint("residents", __name__)
