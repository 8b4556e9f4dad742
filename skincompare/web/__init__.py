"""What the server answers beside the pages: pictures by opaque address, behind a gate that is closed by default."""

from skincompare.web.captures import Tickets, capture_routes, tickets
from skincompare.web.gate import desk_middleware
from skincompare.web.routes import picture_routes
from skincompare.web.shelf import Shelf, shelf
from skincompare.web.views import shelve_view

__all__ = [
    "Shelf",
    "Tickets",
    "capture_routes",
    "desk_middleware",
    "picture_routes",
    "shelf",
    "shelve_view",
    "tickets",
]
