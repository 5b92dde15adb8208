"""The blueprint that the face's modules put their views on."""

from flask import Blueprint

newsroom = Blueprint("newsroom", __name__)
