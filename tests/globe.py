"""Where places lie on the globe.

A part of the oracle: written from the language page, and nothing under `shared` is imported here. Latitudes and
longitudes are in degrees.
"""

import math

RADIUS_KM = 6371.0088


def within_km(lat, lon, circle):
    south_north = math.radians(lat - circle["lat"])
    west_east = math.radians(lon - circle["lon"])
    across = math.cos(math.radians(lat)) * math.cos(math.radians(circle["lat"])) * math.sin(west_east / 2) ** 2
    half_chord = math.sqrt(math.sin(south_north / 2) ** 2 + across)
    return 2 * RADIUS_KM * math.asin(min(1, half_chord)) <= circle["km"]


def within_box(lat, lon, box):
    if not box["south"] <= lat <= box["north"]:
        return False
    west, east = box["west"], box["east"]
    meridians = (-180, 180) if abs(lon) == 180 else (lon,)
    return any(west <= x <= east if west <= east else x >= west or x <= east for x in meridians)
