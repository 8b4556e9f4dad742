"""What is remembered: patients, treatments, photos and measurements, in a database and a folder of photos."""

from skincompare.store.photos import Sweep
from skincompare.store.store import Store, open_store

__all__ = ["Store", "Sweep", "open_store"]
