"""The blueprint that the face's modules put their views on."""

from flask import Blueprint

administration = Blueprint("administration", __name__)
