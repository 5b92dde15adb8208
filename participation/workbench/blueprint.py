"""The blueprint that the face's modules put their views on."""

from flask import Blueprint

workbench = Blueprint("workbench", __name__)
