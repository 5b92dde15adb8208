"""The page that the others are measured against: Flask, and nothing more."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def front() -> str:
    return "<!DOCTYPE html><title>Bare</title><h1>Bare</h1>"
